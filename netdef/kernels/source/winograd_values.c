/* The values of whole images at Winograd's points, as matrices: 36 points × groups × tiles × channels. */

#include "scratch.h"
#include "winograd_tiles.h"

typedef void of_tile(const struct convolution *c, const float *x, ptrdiff_t tile, const float *zeros, float *values,
                     ptrdiff_t apart);

static void write_all(const struct convolution *c, const float *x, ptrdiff_t channels, of_tile *write, float *values)
{
    const ptrdiff_t tiles = tiles_of(c).count, matrix = tiles * channels;
#pragma omp parallel for num_threads(c->threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < c->threads; i++) {
        float *zeros = scratch(channels);
        memset(zeros, 0, channels * sizeof(float));
        for (ptrdiff_t tile = cut(tiles, i, c->threads); tile < cut(tiles, i + 1, c->threads); tile++)
            for (ptrdiff_t group = 0; group < c->groups; group++)
                write(c, x + group * channels, tile, zeros, values + group * matrix + tile * channels,
                      c->groups * matrix);
    }
}

void netdef_winograd_inputs(const struct convolution *c, const float *x, float *values)
{
    write_all(c, x, c->channels, values_of_tile, values);
}

void netdef_winograd_slopes(const struct convolution *c, const float *slopes, float *values)
{
    write_all(c, slopes, c->outputs, slopes_of_tile, values);
}
