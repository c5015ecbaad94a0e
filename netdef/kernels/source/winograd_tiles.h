/* Images cut into tiles of 4×4 outputs of kernels of 3×3, or 2×2 of 5×5, which need 6×6 inputs each, and what these are
   at Winograd's points. */

#ifndef NETDEF_WINOGRAD_TILES_H
#define NETDEF_WINOGRAD_TILES_H

#include "images.h"
#include "winograd_points.h"

enum { SQUARE = POINTS * POINTS };

struct tiles {
    ptrdiff_t rows, columns, count; /* of an image; of all */
};

struct tiles tiles_of(const struct convolution *c);

/* values[p · apart + i] of the tile's inputs, for point p and channel i of a group. ``zeros`` are as many as channels. */
void values_of_tile(const struct convolution *c, const float *x, ptrdiff_t tile, const float *zeros, float *values,
                    ptrdiff_t apart);

/* The same of the gradients of the tile's outputs. */
void slopes_of_tile(const struct convolution *c, const float *slopes, ptrdiff_t tile, const float *zeros,
                    float *values, ptrdiff_t apart);

/* The tile's outputs from values[p · apart + o], for ``outputs`` channels from that on to which y, bias and addend
   point. */
void write_tile(const struct convolution *c, const float *values, ptrdiff_t apart, ptrdiff_t tile, ptrdiff_t outputs,
                const float *bias, const float *addend, float *y);

#endif
