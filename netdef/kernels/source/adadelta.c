#include "update.h"

#include <math.h>

static void adadelta(const struct update *u, ptrdiff_t count, float *restrict w, const float *restrict g,
                     float *const *histories)
{
    const float rate = u->rate, decay = u->decay, delta = u->delta, old = u->momentum, new = 1 - u->momentum;
    float *restrict squares = histories[0], *restrict steps = histories[1];
    for (ptrdiff_t i = 0; i < count; i++) {
        const float slope = slope_of(g[i], decay, w[i]);
        const float square = old * squares[i] + new * slope * slope;
        const float step = slope * sqrtf((steps[i] + delta) / (square + delta));
        squares[i] = square;
        steps[i] = old * steps[i] + new * step * step;
        w[i] -= rate * step;
    }
}

/* h1 ← momentum · h1 + (1 - momentum) · g²; s = g · √((h2 + delta) / (h1 + delta)); h2 likewise of s²;
   w ← w - rate · s. */
int netdef_adadelta(const struct update *u, const int64_t *sizes, float *const *tensors)
{
    update_all(u, sizes, tensors, 2, adadelta);
    return 0;
}
