/* Kernels called one after the other, as was taken down when they were called one by one.

   A list may run for a few images at a time, so that what lies between its kernels stays in the cache; threads that each
   take some images wait for each other only at its end. */

#include "apart.h"

#include <omp.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MOST 5 /* addresses beside that of the options */
#define LONGEST 256 /* bytes of options */
#define ARENA 1 /* the base of memory of which each thread has its own */

/* Counts from one of the bases that are told when a list runs, the first of which is 0; ``image`` bytes for each image
   that has been before. */
struct address {
    int64_t base, offset, image;
};

/* The first of the options counts images, or ranges of which each image has ``ranges``. */
struct call {
    int64_t kernel, options, size, ranges, count;
    struct address at[MOST];
};

/* ``threads`` of the ``team`` share the images, and each of them has so many bytes of ``arena``. */
struct list {
    int64_t calls, images, at_once, threads, arena, team;
};

/* Images that go at once. */
struct some {
    int64_t first, count;
};

typedef int one(const void *, void *);
typedef int two(const void *, void *, void *);
typedef int three(const void *, void *, void *, void *);
typedef int four(const void *, void *, void *, void *, void *);
typedef int five(const void *, void *, void *, void *, void *, void *);

static int run(const struct call *call, const int64_t *bases, int64_t own, struct some images)
{
    void *at[MOST];
    for (ptrdiff_t i = 0; i < call->count; i++)
        at[i] = (void *)(intptr_t)(bases[call->at[i].base] + call->at[i].offset + images.first * call->at[i].image +
                                   (call->at[i].base == ARENA ? own : 0));
    int64_t options[LONGEST / sizeof(int64_t)];
    memcpy(options, (const void *)(intptr_t)call->options, call->size);
    options[0] = images.count * call->ranges;
    switch (call->count) {
    case 1:
        return ((one *)(intptr_t)call->kernel)(options, at[0]);
    case 2:
        return ((two *)(intptr_t)call->kernel)(options, at[0], at[1]);
    case 3:
        return ((three *)(intptr_t)call->kernel)(options, at[0], at[1], at[2]);
    case 4:
        return ((four *)(intptr_t)call->kernel)(options, at[0], at[1], at[2], at[3]);
    default:
        return ((five *)(intptr_t)call->kernel)(options, at[0], at[1], at[2], at[3], at[4]);
    }
}

/* Do all calls for some images, up to the first that has no memory. */
static int run_all(const struct list *list, const struct call *calls, const int64_t *bases, struct some images)
{
    const int64_t own = list->threads > 1 ? omp_get_thread_num() * list->arena : 0;
    int lacking = 0;
    for (ptrdiff_t i = 0; i < list->calls && !lacking; i++)
        lacking = run(calls + i, bases, own, images);
    return lacking;
}

static int run_round(const struct list *list, const struct call *calls, const int64_t *bases, int64_t round)
{
    const int64_t first = round * list->at_once, rest = list->images - first;
    return run_all(list, calls, bases, (struct some){first, rest < list->at_once ? rest : list->at_once});
}

/* A parallel region around kernels, even one of a single thread, would have each of them start threads of its own. */
int netdef_replay(const struct list *list, const struct call *calls, const int64_t *bases)
{
    const int64_t rounds = (list->images + list->at_once - 1) / list->at_once;
    atomic_int lacking = 0;
    const int held = hold_apart(list->team);
    if (list->threads > 1) {
#pragma omp parallel for num_threads(list->threads) schedule(dynamic, 1)
        for (int64_t round = 0; round < rounds; round++)
            if (run_round(list, calls, bases, round))
                lacking = 1;
    } else
        for (int64_t round = 0; round < rounds && !lacking; round++)
            lacking = run_round(list, calls, bases, round);
    if (held)
        let_go(list->team);
    return lacking;
}
