/* Sums of products of a block of places and a panel of outputs, held in registers. */

#ifndef NETDEF_PRODUCT_H
#define NETDEF_PRODUCT_H

#include "vector.h"

/* What is summed for each place: lines × taps × depth numbers, and how far these, and their weights, lie apart.

   Meanwhile weights that come next are fetched from ``ahead`` on, so many for each of these; where it is null there are none. */
struct window {
    ptrdiff_t lines, taps, depth;
    ptrdiff_t place, line, tap, step;
    ptrdiff_t weights;
    const float *ahead;
    ptrdiff_t ahead_step;
};

/* What becomes of a sum, and how far apart the places of outputs and addends lie. */
struct finish {
    ptrdiff_t place, addend_place;
    int rectify;
};

/* y[p, o] = bias[o] + Σ x[p, …] · w[…, o] + addend[p, o], rectified if wanted.

   For ``places`` up to ROWS and ``outputs`` up to PANEL; w and bias have width_of(outputs) numbers in a line. ``addend``
   may be null, or y itself. */
void multiply_block(ptrdiff_t places, ptrdiff_t outputs, const struct window *window, const struct finish *finish,
                    const float *x, const float *w, const float *bias, const float *addend, float *y);

/* How many numbers a panel of outputs takes, with zeros behind them. */
INLINE ptrdiff_t width_of(ptrdiff_t outputs) { return outputs > LANES ? PANEL : LANES; }

#endif
