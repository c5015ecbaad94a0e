#include "update.h"

#include "threads.h"

static ptrdiff_t sum_of(const int64_t *sizes, ptrdiff_t count)
{
    ptrdiff_t sum = 0;
    for (ptrdiff_t i = 0; i < count; i++)
        sum += sizes[i];
    return sum;
}

/* The numbers from ``first`` to ``last`` of tensor ``index``. */
static void update_some(const struct update *u, float *const *tensors, ptrdiff_t index, ptrdiff_t first, ptrdiff_t last,
                        ptrdiff_t kinds, rule *update)
{
    float *histories[MOST_HISTORIES];
    float *const *own = tensors + index;
    for (ptrdiff_t kind = 0; kind < kinds; kind++)
        histories[kind] = own[(2 + kind) * u->tensors] + first;
    update(u, last - first, own[0] + first, own[u->tensors] + first, histories);
}

/* The numbers from ``first`` to ``last`` of all. */
static void update_part(const struct update *u, const int64_t *sizes, float *const *tensors, ptrdiff_t first,
                        ptrdiff_t last, ptrdiff_t kinds, rule *update)
{
    for (ptrdiff_t i = 0; i < u->tensors && last > 0; i++) {
        if (first < sizes[i])
            update_some(u, tensors, i, first > 0 ? first : 0, last < sizes[i] ? last : sizes[i], kinds, update);
        first -= sizes[i];
        last -= sizes[i];
    }
}

void update_all(const struct update *u, const int64_t *sizes, float *const *tensors, ptrdiff_t kinds, rule *update)
{
    const ptrdiff_t all = sum_of(sizes, u->tensors);
#pragma omp parallel for num_threads(u->threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < u->threads; i++)
        update_part(u, sizes, tensors, cut(all, i, u->threads), cut(all, i + 1, u->threads), kinds, update);
}
