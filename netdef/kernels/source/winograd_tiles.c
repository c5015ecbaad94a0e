#include "winograd_tiles.h"

struct place {
    ptrdiff_t image, top, left; /* of a tile's outputs */
};

struct tiles tiles_of(const struct convolution *c)
{
    const ptrdiff_t rows = (c->out_height + OUTPUTS - 1) / OUTPUTS, columns = (c->out_width + OUTPUTS - 1) / OUTPUTS;
    return (struct tiles){rows, columns, c->images * rows * columns};
}

static struct place place_of(const struct convolution *c, ptrdiff_t tile)
{
    const struct tiles tiles = tiles_of(c);
    const ptrdiff_t row = tile / tiles.columns;
    return (struct place){row / tiles.rows, row % tiles.rows * OUTPUTS, tile % tiles.columns * OUTPUTS};
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

void slopes_of_tile(const struct convolution *c, const float *slopes, ptrdiff_t tile, const float *zeros,
                    float *values, ptrdiff_t apart)
{
    const struct place at = place_of(c, tile);
    const float *from[OUTPUTS][OUTPUTS];
    for (ptrdiff_t i = 0; i < OUTPUTS; i++)
        for (ptrdiff_t j = 0; j < OUTPUTS; j++) {
            const ptrdiff_t row = at.top + i, column = at.left + j;
            const int inside = row < c->out_height && column < c->out_width;
            const ptrdiff_t index = (at.image * c->out_height + row) * c->out_width + column;
            from[i][j] = inside ? slopes + index * c->out_place : zeros;
        }
    for (ptrdiff_t first = 0; first < c->outputs; first += LANES) {
        const ptrdiff_t count = least(LANES, c->outputs - first);
        vector half[OUTPUTS][POINTS], line[OUTPUTS], found[POINTS];
        for (int j = 0; j < OUTPUTS; j++) {
            for (int i = 0; i < OUTPUTS; i++)
                line[i] = load_some(from[i][j] + first, count);
            points_of_slopes(line, half[j]);
        }
        for (int i = 0; i < POINTS; i++) {
            for (int j = 0; j < OUTPUTS; j++)
                line[j] = half[j][i];
            points_of_slopes(line, found);
            for (int j = 0; j < POINTS; j++)
                store_some(values + (i * POINTS + j) * apart + first, found[j], count);
        }
    }
}

void write_tile(const struct convolution *c, const float *values, ptrdiff_t apart, ptrdiff_t tile, ptrdiff_t outputs,
                const float *bias, const float *addend, float *y)
{
    const struct place at = place_of(c, tile);
    const ptrdiff_t rows = least(OUTPUTS, c->out_height - at.top), columns = least(OUTPUTS, c->out_width - at.left);
    for (ptrdiff_t first = 0; first < outputs; first += LANES) {
        const ptrdiff_t count = least(LANES, outputs - first);
        vector half[POINTS][OUTPUTS], line[POINTS], found[OUTPUTS];
        for (int j = 0; j < POINTS; j++) {
            for (int i = 0; i < POINTS; i++)
                line[i] = load(values + (i * POINTS + j) * apart + first);
            outputs_of_points(line, half[j]);
        }
        const vector offset = load(bias + first);
        for (ptrdiff_t i = 0; i < rows; i++) {
            for (int j = 0; j < POINTS; j++)
                line[j] = half[j][i];
            outputs_of_points(line, found);
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
