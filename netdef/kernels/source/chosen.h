/* Gradients that go back through maxima to a convolution: of each window of the maxima one place gets all. */

#ifndef NETDEF_CHOSEN_H
#define NETDEF_CHOSEN_H

#include "images.h"
#include "pooling.h"

/* A convolution of which only the maxima of windows are kept. */
struct convolved_maxima {
    struct convolution c;
    struct pooling p;
};

/* The gradients of maxima of a convolution's outputs, and the place of each in its window. ``y`` are the maxima where
   they were rectified, else null. */
struct maxima {
    const struct convolution *c;
    const struct pooling *p;
    const float *slopes, *y;
    const uint8_t *places;
};

/* A gradient that is not zero, and where what it is multiplied by begins. */
struct chosen {
    float slope;
    int32_t at;
};

/* An image with its padding around it: floats in a row, and in all. */
struct padded {
    ptrdiff_t rows, reach, numbers;
};

INLINE struct padded padded_of(const struct convolution *c)
{
    const ptrdiff_t reach = (c->width + 2 * c->pad_width) * c->channels, rows = c->height + 2 * c->pad_height;
    return (struct padded){rows, reach, rows * reach};
}

INLINE int is_padded(const struct convolution *c) { return c->pad_height || c->pad_width; }

/* Where a convolution's window begins in a padded image, if it is that of place ``place`` of a window of the maxima. */
INLINE ptrdiff_t shift_of(const struct maxima *m, ptrdiff_t place)
{
    const struct convolution *c = m->c;
    const ptrdiff_t row = place / m->p->kernel_width, column = place % m->p->kernel_width;
    return row * c->stride_height * padded_of(c).reach + column * c->stride_width * c->channels;
}

/* The same, for the first place of the window ``index`` of an image. */
INLINE ptrdiff_t begin_of(const struct maxima *m, ptrdiff_t index)
{
    const struct convolution *c = m->c;
    const struct pooling *p = m->p;
    const ptrdiff_t row = index / p->out_width * p->stride_height - p->pad_height;
    const ptrdiff_t column = index % p->out_width * p->stride_width - p->pad_width;
    return row * c->stride_height * padded_of(c).reach + column * c->stride_width * c->channels;
}

/* The gradient ``at`` so many: zero where the maximum was rectified away. */
INLINE float slope_at(const struct maxima *m, ptrdiff_t at)
{
    return m->y && m->y[at] <= 0 ? 0 : m->slopes[at];
}

/* The vectors that each kernel's row takes, and how many of these are summed in registers together. */
struct across {
    ptrdiff_t numbers, vectors, chunks;
};

#define MOST_ACROSS 8

INLINE struct across across_of(const struct convolution *c)
{
    const ptrdiff_t numbers = c->kernel_width * c->channels, vectors = (numbers + LANES - 1) / LANES;
    return (struct across){numbers, vectors, (vectors + MOST_ACROSS - 1) / MOST_ACROSS};
}

#endif
