#include "winograd_tiles.h"

struct place {
    ptrdiff_t image, top, left; /* of a tile's outputs */
};

struct tiles tiles_of(const struct convolution *c)
{
    const ptrdiff_t side = outputs_beside(c->kernel_height);
    const ptrdiff_t rows = (c->out_height + side - 1) / side, columns = (c->out_width + side - 1) / side;
    return (struct tiles){rows, columns, c->images * rows * columns};
}

static struct place place_of(const struct convolution *c, ptrdiff_t tile)
{
    const struct tiles tiles = tiles_of(c);
    const ptrdiff_t row = tile / tiles.columns, side = outputs_beside(c->kernel_height);
    return (struct place){row / tiles.rows, row % tiles.rows * side, tile % tiles.columns * side};
}

void values_of_tile(const struct convolution *c, const float *x, ptrdiff_t tile, const float *zeros, float *values,
                    ptrdiff_t apart)
{
    const struct place at = place_of(c, tile);
    const float *from[POINTS][POINTS];
    for (ptrdiff_t i = 0; i < POINTS; i++)
        for (ptrdiff_t j = 0; j < POINTS; j++) {
            const ptrdiff_t row = at.top + i - c->pad_height, column = at.left + j - c->pad_width;
            const int inside = row >= 0 && row < c->height && column >= 0 && column < c->width;
            from[i][j] = inside ? x + ((at.image * c->height + row) * c->width + column) * c->place : zeros;
        }
    for (ptrdiff_t first = 0; first < c->channels; first += LANES) {
        const ptrdiff_t count = least(LANES, c->channels - first);
        vector half[POINTS][POINTS], line[POINTS], found[POINTS];
        for (int j = 0; j < POINTS; j++) {
            for (int i = 0; i < POINTS; i++)
                line[i] = load_some(from[i][j] + first, count);
            points_of_inputs(line, half[j]);
        }
        for (int i = 0; i < POINTS; i++) {
            for (int j = 0; j < POINTS; j++)
                line[j] = half[j][i];
            points_of_inputs(line, found);
            for (int j = 0; j < POINTS; j++)
                store_some(values + (i * POINTS + j) * apart + first, found[j], count);
        }
    }
}

INLINE void slopes_beside(const int side, const struct convolution *c, const float *slopes, ptrdiff_t tile,
                          const float *zeros, float *values, ptrdiff_t apart)
{
    const struct place at = place_of(c, tile);
    const float *from[MOST_OUTPUTS][MOST_OUTPUTS];
    for (ptrdiff_t i = 0; i < side; i++)
        for (ptrdiff_t j = 0; j < side; j++) {
            const ptrdiff_t row = at.top + i, column = at.left + j;
            const int inside = row < c->out_height && column < c->out_width;
            const ptrdiff_t index = (at.image * c->out_height + row) * c->out_width + column;
            from[i][j] = inside ? slopes + index * c->out_place : zeros;
        }
    for (ptrdiff_t first = 0; first < c->outputs; first += LANES) {
        const ptrdiff_t count = least(LANES, c->outputs - first);
        vector half[MOST_OUTPUTS][POINTS], line[MOST_OUTPUTS], found[POINTS];
        for (int j = 0; j < side; j++) {
            for (int i = 0; i < side; i++)
                line[i] = load_some(from[i][j] + first, count);
            points_of(side, line, half[j]);
        }
        for (int i = 0; i < POINTS; i++) {
            for (int j = 0; j < side; j++)
                line[j] = half[j][i];
            points_of(side, line, found);
            for (int j = 0; j < POINTS; j++)
                store_some(values + (i * POINTS + j) * apart + first, found[j], count);
        }
    }
}

void slopes_of_tile(const struct convolution *c, const float *slopes, ptrdiff_t tile, const float *zeros,
                    float *values, ptrdiff_t apart)
{
    if (c->kernel_height == 3)
        slopes_beside(4, c, slopes, tile, zeros, values, apart);
    else
        slopes_beside(2, c, slopes, tile, zeros, values, apart);
}

INLINE void write_beside(const int side, const struct convolution *c, const float *values, ptrdiff_t apart,
                         ptrdiff_t tile, ptrdiff_t outputs, const float *bias, const float *addend, float *y)
{
    const struct place at = place_of(c, tile);
    const ptrdiff_t rows = least(side, c->out_height - at.top), columns = least(side, c->out_width - at.left);
    for (ptrdiff_t first = 0; first < outputs; first += LANES) {
        const ptrdiff_t count = least(LANES, outputs - first);
        vector half[POINTS][MOST_OUTPUTS], line[POINTS], found[MOST_OUTPUTS];
        for (int j = 0; j < POINTS; j++) {
            for (int i = 0; i < POINTS; i++)
                line[i] = load(values + (i * POINTS + j) * apart + first);
            sums_of(side, line, half[j]);
        }
        const vector offset = load(bias + first);
        for (ptrdiff_t i = 0; i < rows; i++) {
            for (int j = 0; j < POINTS; j++)
                line[j] = half[j][i];
            sums_of(side, line, found);
            const ptrdiff_t start = (at.image * c->out_height + at.top + i) * c->out_width + at.left;
            for (ptrdiff_t j = 0; j < columns; j++) {
                vector sum = found[j] + offset;
                if (addend)
                    sum += load_some(addend + (start + j) * c->addend_place + first, count);
                store_some(y + (start + j) * c->out_place + first, c->rectify ? rectified(sum) : sum, count);
            }
        }
    }
}

void write_tile(const struct convolution *c, const float *values, ptrdiff_t apart, ptrdiff_t tile, ptrdiff_t outputs,
                const float *bias, const float *addend, float *y)
{
    if (c->kernel_height == 3)
        write_beside(4, c, values, apart, tile, outputs, bias, addend, y);
    else
        write_beside(2, c, values, apart, tile, outputs, bias, addend, y);
}
