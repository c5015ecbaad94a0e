/* What windows see, as lines of numbers: row by row, tap by tap, channel by channel, as a kernel's own numbers lie. */

#ifndef NETDEF_COLUMNS_H
#define NETDEF_COLUMNS_H

#include "images.h"

/* Numbers that lie together in images, and in lines from ``start`` on: ``row`` rows and ``at`` floats behind the first
   place of a window. */
struct run {
    ptrdiff_t row, at, start, count;
};

/* Some of the numbers of a group's windows, a panel at most. */
struct columns {
    const struct convolution *c;
    ptrdiff_t width, runs;
    struct run run[PANEL];
};

/* The numbers ``first`` to ``first + width`` of a window of a group. */
struct columns columns_of(const struct convolution *c, ptrdiff_t group, ptrdiff_t first, ptrdiff_t width);

/* Write what windows ``first`` to ``first + count``, of all images, see: a line of width_of(width) numbers for each, with
   any numbers behind what it holds. A vector more than these lines take is written. */
void gather(const struct columns *columns, const float *x, ptrdiff_t first, ptrdiff_t count, float *lines);

/* Add lines of PANEL numbers to what the windows ``first`` to ``first + count`` of one image see. */
void spread(const struct columns *columns, const float *lines, ptrdiff_t first, ptrdiff_t count, float *image);

/* How many numbers a window of a group has. */
INLINE ptrdiff_t window_numbers(const struct convolution *c)
{
    return c->kernel_height * c->kernel_width * c->channels;
}

#endif
