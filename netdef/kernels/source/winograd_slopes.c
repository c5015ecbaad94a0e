/* Gradients of kernels of 3×3 or 5×5 by Winograd's algorithm: products of what inputs and the gradients of outputs are
   at the points, summed over all tiles.

   A block of tiles at a time goes from images to sums, so that its values stay in the cache. Threads share channels and
   outputs, not tiles: each has sums of its own, and numbers do not hang on how many threads there are. */

#include "product.h"
#include "scratch.h"
#include "winograd_tiles.h"

#define BLOCK 112 /* tiles: so many that to read and write the sums does not count */

struct work {
    const struct convolution *c;
    const float *x, *slopes;
    float *sums;
};

/* Some channels and outputs of a group: what one thread sums. */
struct part {
    ptrdiff_t group, channel, channels, output, outputs;
};

/* What lies between images and sums: for each point, lines of channels, and of outputs, of a block of tiles. */
struct between {
    float *zeros, *values, *slopes;
    ptrdiff_t value_line, value_apart, slope_line, slope_apart;
};

static struct between between_of(const struct part *part)
{
    struct between b = {.value_line = odd_lines(part->channels), .slope_line = odd_lines(part->outputs)};
    const ptrdiff_t none = rounded_up(b.value_line + b.slope_line + PANEL, LANES);
    b.value_apart = BLOCK * b.value_line;
    b.slope_apart = BLOCK * b.slope_line;
    b.zeros = scratch(none + SQUARE * (b.value_apart + b.slope_apart));
    if (!b.zeros)
        return b;
    b.values = b.zeros + none;
    b.slopes = b.values + SQUARE * b.value_apart;
    memset(b.zeros, 0, none * sizeof(float));
    return b;
}

static void find_values(const struct work *work, const struct part *part, const struct between *b, ptrdiff_t first,
                        ptrdiff_t tiles)
{
    struct convolution own = *work->c;
    const float *x = work->x + part->group * own.channels + part->channel;
    const float *slopes = work->slopes + part->group * own.outputs + part->output;
    own.channels = part->channels;
    own.outputs = part->outputs;
    for (ptrdiff_t i = 0; i < tiles; i++) {
        values_of_tile(&own, x, first + i, b->zeros, b->values + i * b->value_line, b->value_apart);
        slopes_of_tile(&own, slopes, first + i, b->zeros, b->slopes + i * b->slope_line, b->slope_apart);
    }
}

/* Sums of one point: outputs' gradients times inputs, over a block of tiles. */
static void add_products(const struct work *work, const struct part *part, const struct between *b, ptrdiff_t tiles,
                         ptrdiff_t point, int begun)
{
    const struct convolution *c = work->c;
    const struct window window = {1, 1, tiles, .place = 1, .step = b->slope_line, .weights = b->value_line};
    const struct finish finish = {c->channels, c->channels, 0};
    const ptrdiff_t lines = (point * c->groups + part->group) * c->outputs + part->output;
    const ptrdiff_t blocks = (part->outputs + ROWS - 1) / ROWS;
    for (ptrdiff_t channel = 0; channel < part->channels; channel += PANEL)
        for (ptrdiff_t i = 0; i < blocks; i++) {
            const ptrdiff_t first = cut(part->outputs, i, blocks), count = cut(part->outputs, i + 1, blocks) - first;
            float *sums = work->sums + (lines + first) * c->channels + part->channel + channel;
            multiply_block(count, least(PANEL, part->channels - channel), &window, &finish,
                           b->slopes + point * b->slope_apart + first, b->values + point * b->value_apart + channel,
                           b->zeros, begun ? sums : 0, sums);
        }
}

static void sum_part(const struct work *work, const struct part *part)
{
    const struct between b = between_of(part);
    const ptrdiff_t tiles = tiles_of(work->c).count;
    if (!b.zeros)
        return;
    for (ptrdiff_t first = 0; first < tiles; first += BLOCK) {
        const ptrdiff_t count = least(BLOCK, tiles - first);
        find_values(work, part, &b, first, count);
        for (ptrdiff_t point = 0; point < SQUARE; point++)
            add_products(work, part, &b, count, point, first > 0);
    }
}

/* Panels ``first`` to ``last`` of all: panels of channels are inside of shares of outputs, these inside of groups. */
static void sum_panels(const struct work *work, ptrdiff_t panels, ptrdiff_t shares, ptrdiff_t first, ptrdiff_t last)
{
    const struct convolution *c = work->c;
    for (ptrdiff_t end; first < last; first = end) {
        const ptrdiff_t share = first / panels % shares, panel = first % panels, start = panel * PANEL;
        end = least(last, first + panels - panel);
        struct part part = {.group = first / panels / shares, .channel = start, .output = cut(c->outputs, share, shares)};
        part.channels = least(c->channels, (panel + end - first) * PANEL) - start;
        part.outputs = cut(c->outputs, share + 1, shares) - part.output;
        sum_part(work, &part);
    }
}

/* sums: 36 points × groups × outputs × channels. */
int netdef_winograd_slopes(const struct convolution *c, const float *x, const float *slopes, float *sums)
{
    const struct work work = {c, x, slopes, sums};
    const ptrdiff_t panels = (c->channels + PANEL - 1) / PANEL, threads = c->threads;
    ptrdiff_t shares = rounded_up(threads, panels * c->groups) / (panels * c->groups);
    shares = least(shares, c->outputs);
    const ptrdiff_t all = c->groups * shares * panels;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++)
        sum_panels(&work, panels, shares, cut(all, i, threads), cut(all, i + 1, threads));
    return shortage();
}
