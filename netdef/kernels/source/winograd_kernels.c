/* Kernels of 3×3 at Winograd's points, and back: each is found once for all tiles. */

#include "product.h"
#include "scratch.h"
#include "winograd_tiles.h"

/* Kernels, and the floats from one group, output, channel, row and column to the next. */
struct kernels {
    int64_t groups, outputs, channels, threads;
    int64_t group, output, channel, row, column;
};

/* Elements of a panel, as lines of outputs: kernel by kernel, so that each line of the cache is fetched once. */
static void gather(const struct kernels *k, const float *from, ptrdiff_t outputs, ptrdiff_t channels,
                   float elements[LANES][9][PANEL])
{
    memset(elements, 0, sizeof(float[LANES][9][PANEL]));
    for (ptrdiff_t output = 0; output < outputs; output++)
        for (ptrdiff_t tap = 0; tap < 9; tap++) {
            const float *element = from + output * k->output + tap / KERNEL * k->row + tap % KERNEL * k->column;
            for (ptrdiff_t channel = 0; channel < channels; channel++)
                elements[channel][tap][output] = element[channel * k->channel];
        }
}

static void write_values(float elements[9][PANEL], ptrdiff_t lane, float *w, ptrdiff_t apart)
{
    vector half[KERNEL][POINTS], line[KERNEL], found[POINTS];
    for (int j = 0; j < KERNEL; j++) {
        for (int i = 0; i < KERNEL; i++)
            line[i] = load(elements[i * KERNEL + j] + lane);
        points_of_kernel(line, half[j]);
    }
    for (int i = 0; i < POINTS; i++) {
        for (int j = 0; j < KERNEL; j++)
            line[j] = half[j][i];
        points_of_kernel(line, found);
        for (int j = 0; j < POINTS; j++)
            store(w + (i * POINTS + j) * apart + lane, found[j]);
    }
}

/* w: for each group, point and panel of outputs, channels × width_of(outputs of the panel). */
void netdef_winograd_kernels(const struct kernels *k, const float *weight, float *w)
{
    const ptrdiff_t panels = (k->outputs + PANEL - 1) / PANEL;
    const ptrdiff_t all = (panels - 1) * PANEL + width_of(k->outputs - (panels - 1) * PANEL);
    const ptrdiff_t blocks = (k->channels + LANES - 1) / LANES;
#pragma omp parallel for num_threads(k->threads) schedule(static)
    for (ptrdiff_t i = 0; i < k->groups * panels * blocks; i++) {
        const ptrdiff_t group = i / blocks / panels, start = i / blocks % panels * PANEL, first = i % blocks * LANES;
        const ptrdiff_t outputs = least(PANEL, k->outputs - start), channels = least(LANES, k->channels - first);
        const ptrdiff_t width = width_of(outputs);
        float elements[LANES][9][PANEL];
        gather(k, weight + group * k->group + start * k->output + first * k->channel, outputs, channels, elements);
        float *to = w + (group * SQUARE * all + start) * k->channels + first * width;
        for (ptrdiff_t channel = 0; channel < channels; channel++)
            for (ptrdiff_t lane = 0; lane < width; lane += LANES)
                write_values(elements[channel], lane, to + channel * width, k->channels * all);
    }
}

static void write_slopes(const struct kernels *k, const float *values, ptrdiff_t apart, ptrdiff_t count, float *slopes)
{
    vector half[POINTS][KERNEL], line[POINTS], found[KERNEL];
    for (int j = 0; j < POINTS; j++) {
        for (int i = 0; i < POINTS; i++)
            line[i] = load(values + (i * POINTS + j) * apart);
        kernel_of_points(line, half[j]);
    }
    for (int i = 0; i < KERNEL; i++) {
        for (int j = 0; j < POINTS; j++)
            line[j] = half[j][i];
        kernel_of_points(line, found);
        for (int j = 0; j < KERNEL; j++) {
            float *to = slopes + i * k->row + j * k->column, lanes[LANES];
            store(lanes, found[j]);
            for (ptrdiff_t lane = 0; lane < count; lane++)
                to[lane * k->channel] = lanes[lane];
        }
    }
}

/* Gradients of kernels from those at the points: 36 points × groups × outputs × channels. */
void netdef_winograd_kernel_slopes(const struct kernels *k, const float *values, float *slopes)
{
    const ptrdiff_t apart = k->groups * k->outputs * k->channels, line = rounded_up(k->channels, LANES) + LANES;
#pragma omp parallel for num_threads(k->threads) schedule(static)
    for (ptrdiff_t i = 0; i < k->groups * k->outputs; i++) {
        float *to = slopes + i / k->outputs * k->group + i % k->outputs * k->output, *own = scratch(SQUARE * line);
        for (ptrdiff_t point = 0; point < SQUARE; point++)
            memcpy(own + point * line, values + point * apart + i * k->channels, k->channels * sizeof(float));
        for (ptrdiff_t first = 0; first < k->channels; first += LANES)
            write_slopes(k, own + first, line, least(LANES, k->channels - first), to + first * k->channel);
    }
}
