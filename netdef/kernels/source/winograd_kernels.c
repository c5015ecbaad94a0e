/* Kernels of 3×3 or 5×5 at Winograd's points, and back: each is found once for all tiles. */

#include "product.h"
#include "scratch.h"
#include "winograd_tiles.h"

/* Kernels side × side, and the floats from one group, output, channel, row and column to the next. */
struct kernels {
    int64_t side, groups, outputs, channels, threads;
    int64_t group, output, channel, row, column;
};

typedef float elements[LANES][LONGEST * LONGEST][PANEL];

/* Elements of a panel, as lines of outputs: kernel by kernel, so that each line of the cache is fetched once. */
static void gather(const struct kernels *k, const float *from, ptrdiff_t outputs, ptrdiff_t channels, elements to)
{
    memset(to, 0, sizeof(elements));
    for (ptrdiff_t output = 0; output < outputs; output++)
        for (ptrdiff_t tap = 0; tap < k->side * k->side; tap++) {
            const float *element = from + output * k->output + tap / k->side * k->row + tap % k->side * k->column;
            for (ptrdiff_t channel = 0; channel < channels; channel++)
                to[channel][tap][output] = element[channel * k->channel];
        }
}

INLINE void write_values(const int side, float taps[][PANEL], float *w, ptrdiff_t apart)
{
    vector half[LONGEST][POINTS], line[LONGEST], found[POINTS];
    for (int j = 0; j < side; j++) {
        for (int i = 0; i < side; i++)
            line[i] = load(taps[i * side + j]);
        points_of(side, line, half[j]);
        share(half[j]);
    }
    for (int i = 0; i < POINTS; i++) {
        for (int j = 0; j < side; j++)
            line[j] = half[j][i];
        points_of(side, line, found);
        share(found);
        for (int j = 0; j < POINTS; j++)
            store(w + (i * POINTS + j) * apart, found[j]);
    }
}

/* w: for each group, point and panel of outputs, channels × width_of(outputs of the panel). */
int netdef_winograd_kernels(const struct kernels *k, const float *weight, float *w)
{
    const ptrdiff_t panels = (k->outputs + PANEL - 1) / PANEL, blocks = (k->channels + LANES - 1) / LANES;
    const ptrdiff_t all = (panels - 1) * PANEL + width_of(k->outputs - (panels - 1) * PANEL);
#pragma omp parallel for num_threads(k->threads) schedule(static)
    for (ptrdiff_t i = 0; i < k->groups * panels * blocks; i++) {
        const ptrdiff_t group = i / blocks / panels, start = i / blocks % panels * PANEL, first = i % blocks * LANES;
        const ptrdiff_t outputs = least(PANEL, k->outputs - start), channels = least(LANES, k->channels - first);
        const ptrdiff_t width = width_of(outputs), apart = k->channels * all;
        elements own;
        gather(k, weight + group * k->group + start * k->output + first * k->channel, outputs, channels, own);
        float *to = w + (group * SQUARE * all + start) * k->channels + first * width;
        for (ptrdiff_t channel = 0; channel < channels; channel++)
            for (ptrdiff_t lane = 0; lane < width; lane += LANES) {
                float(*taps)[PANEL] = (float(*)[PANEL])(own[channel][0] + lane);
                if (k->side == 3)
                    write_values(3, taps, to + channel * width + lane, apart);
                else
                    write_values(5, taps, to + channel * width + lane, apart);
            }
    }
    return 0;
}

INLINE void write_slopes(const int side, const struct kernels *k, const float *values, ptrdiff_t apart,
                         ptrdiff_t count, float *slopes)
{
    vector half[POINTS][LONGEST], line[POINTS], found[LONGEST];
    for (int j = 0; j < POINTS; j++) {
        for (int i = 0; i < POINTS; i++)
            line[i] = load(values + (i * POINTS + j) * apart);
        share(line);
        sums_of(side, line, half[j]);
    }
    for (int i = 0; i < side; i++) {
        for (int j = 0; j < POINTS; j++)
            line[j] = half[j][i];
        share(line);
        sums_of(side, line, found);
        for (int j = 0; j < side; j++) {
            float *to = slopes + i * k->row + j * k->column, lanes[LANES];
            store(lanes, found[j]);
            for (ptrdiff_t lane = 0; lane < count; lane++)
                to[lane * k->channel] = lanes[lane];
        }
    }
}

/* Gradients of kernels from those at the points: 36 points × groups × outputs × channels. */
int netdef_winograd_kernel_slopes(const struct kernels *k, const float *values, float *slopes)
{
    const ptrdiff_t apart = k->groups * k->outputs * k->channels, line = rounded_up(k->channels, LANES) + LANES;
#pragma omp parallel for num_threads(k->threads) schedule(static)
    for (ptrdiff_t i = 0; i < k->groups * k->outputs; i++) {
        float *to = slopes + i / k->outputs * k->group + i % k->outputs * k->output, *own = scratch(SQUARE * line);
        if (!own)
            continue;
        for (ptrdiff_t point = 0; point < SQUARE; point++)
            memcpy(own + point * line, values + point * apart + i * k->channels, k->channels * sizeof(float));
        for (ptrdiff_t first = 0; first < k->channels; first += LANES) {
            const ptrdiff_t count = least(LANES, k->channels - first);
            if (k->side == 3)
                write_slopes(3, k, own + first, line, count, to + first * k->channel);
            else
                write_slopes(5, k, own + first, line, count, to + first * k->channel);
        }
    }
    return shortage();
}
