#include "update.h"

static void nesterov(const struct update *u, ptrdiff_t count, float *restrict w, const float *restrict g,
                     float *const *histories)
{
    const float rate = u->rate, decay = u->decay, momentum = u->momentum;
    float *restrict history = histories[0];
    for (ptrdiff_t i = 0; i < count; i++) {
        const float step = rate * slope_of(g[i], decay, w[i]);
        history[i] = momentum * history[i] + step;
        w[i] -= momentum * history[i] + step;
    }
}

/* h ← momentum · h + rate · g; w ← w - momentum · h - rate · g. */
int netdef_nesterov(const struct update *u, const int64_t *sizes, float *const *tensors)
{
    update_all(u, sizes, tensors, 1, nesterov);
    return 0;
}
