#ifdef __linux__
#define _GNU_SOURCE
#include <sched.h>
#endif

#include "apart.h"

#ifdef __linux__

static _Thread_local cpu_set_t usable; /* of the thread that holds a team */

/* The usable processor with this number, counted from the one behind ``from``, and round again. */
static int processor(const cpu_set_t *set, int from, ptrdiff_t number)
{
    int next = from;
    for (number++; number > 0; number--)
        do
            next = (next + 1) % CPU_SETSIZE;
        while (!CPU_ISSET(next, set));
    return next;
}

static void bind_to(int only_one)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(only_one, &only);
    sched_setaffinity(0, sizeof(only), &only);
}

int hold_apart(ptrdiff_t threads)
{
    const int here = sched_getcpu();
    if (threads < 2 || here < 0 || sched_getaffinity(0, sizeof(usable), &usable) || CPU_COUNT(&usable) != threads)
        return 0;
    const cpu_set_t *set = &usable;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++)
        bind_to(i ? processor(set, here, i - 1) : here);
    return 1;
}

void let_go(ptrdiff_t threads)
{
    const cpu_set_t *set = &usable;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++)
        sched_setaffinity(0, sizeof(*set), set);
}

#else

int hold_apart(ptrdiff_t threads)
{
    (void)threads;
    return 0;
}

void let_go(ptrdiff_t threads) { (void)threads; }

#endif
