/* Convolutions by kernels of 3×3 or 5×5 with stride 1 from a quarter or 9/25 of the products: Winograd's F(4×4, 3×3)
   and F(2×2, 5×5).

   A block of tiles at a time goes all the way, so that what lies between inputs and outputs stays in the cache. */

#include "product.h"
#include "scratch.h"
#include "winograd_tiles.h"

#define CACHED (512 << 10) /* bytes of values, and of sums, that stay in the second cache */
#define FEWEST (2 * ROWS) /* tiles in a block: fewer would fetch the kernels too often */
#define MOST (4 * ROWS)

struct work {
    const struct convolution *c;
    const float *x, *w, *bias, *addend;
    float *y;
    ptrdiff_t panels, all; /* of a group; numbers in all its panels for each input */
    ptrdiff_t block, some; /* tiles and panels that go through together */
};

/* What lies between inputs and outputs of a block: for each point, lines of channels, and of outputs. */
struct between {
    float *zeros, *values, *sums;
    ptrdiff_t value_line, value_apart, sum_line, sum_apart;
};

/* How many lines of values of so many channels the cache holds. */
static ptrdiff_t cached(ptrdiff_t channels)
{
    return CACHED / (SQUARE * odd_lines(channels) * (ptrdiff_t)sizeof(float));
}

static struct work planned(struct work work)
{
    const struct convolution *c = work.c;
    work.panels = (c->outputs + PANEL - 1) / PANEL;
    work.all = (work.panels - 1) * PANEL + width_of(c->outputs - (work.panels - 1) * PANEL);
    const ptrdiff_t block = cached(c->channels) / ROWS * ROWS;
    work.block = block < FEWEST ? FEWEST : least(block, MOST);
    work.some = 1;
    while (work.some < work.panels && cached((work.some + 1) * PANEL) >= work.block)
        work.some++;
    return work;
}

static struct between between_of(const struct work *work)
{
    struct between b = {.value_line = odd_lines(work->c->channels), .sum_line = odd_lines(work->some * PANEL)};
    const ptrdiff_t none = rounded_up(b.value_line + PANEL, LANES);
    b.value_apart = work->block * b.value_line;
    b.sum_apart = work->block * b.sum_line;
    b.zeros = scratch(none + SQUARE * (b.value_apart + b.sum_apart));
    if (!b.zeros)
        return b;
    b.values = b.zeros + none;
    b.sums = b.values + SQUARE * b.value_apart;
    memset(b.zeros, 0, none * sizeof(float));
    return b;
}

static const float *kernels_of(const struct work *work, ptrdiff_t group, ptrdiff_t point, ptrdiff_t panel)
{
    return work->w + ((group * SQUARE + point) * work->all + panel * PANEL) * work->c->channels;
}

/* Sums of one point and one panel of outputs: a product of matrices. Meanwhile the kernels of the next come to the
   cache. */
static void multiply(const struct work *work, const struct between *b, ptrdiff_t tiles, ptrdiff_t point,
                     ptrdiff_t group, ptrdiff_t panel, const float *next, float *sums)
{
    const ptrdiff_t depth = work->c->channels, width = width_of(work->c->outputs - panel * PANEL);
    const ptrdiff_t blocks = (tiles + ROWS - 1) / ROWS;
    struct window window = {1, 1, depth, .place = b->value_line, .step = 1, .weights = width};
    window.ahead_step = width / blocks;
    const struct finish finish = {b->sum_line, 0, 0};
    const float *w = kernels_of(work, group, point, panel);
    for (ptrdiff_t i = 0; i < blocks; i++) {
        const ptrdiff_t first = cut(tiles, i, blocks), places = cut(tiles, i + 1, blocks) - first;
        window.ahead = next + i * depth * window.ahead_step;
        multiply_block(places, width, &window, &finish, b->values + point * b->value_apart + first * b->value_line, w,
                       b->zeros, 0, sums + point * b->sum_apart + first * b->sum_line);
    }
}

/* The outputs of panels ``panel`` to ``end`` of one group, for a block of tiles. */
static void convolve_panels(const struct work *work, const struct between *b, ptrdiff_t first, ptrdiff_t tiles,
                            ptrdiff_t group, ptrdiff_t panel, ptrdiff_t end)
{
    const struct convolution *c = work->c;
    for (ptrdiff_t point = 0; point < SQUARE; point++)
        for (ptrdiff_t each = panel; each < end; each++) {
            const int last = each + 1 == end;
            const float *next = kernels_of(work, group, point + last, last ? panel : each + 1);
            multiply(work, b, tiles, point, group, each, next, b->sums + (each - panel) * PANEL);
        }
    const ptrdiff_t start = panel * PANEL, outputs = least(end * PANEL, c->outputs) - start;
    const ptrdiff_t channel = group * c->outputs + start;
    for (ptrdiff_t i = 0; i < tiles; i++)
        write_tile(c, b->sums + i * b->sum_line, b->sum_apart, first + i, outputs, work->bias + group * work->all + start,
                   work->addend ? work->addend + channel : 0, work->y + channel);
}

static void convolve_block(const struct work *work, const struct between *b, ptrdiff_t first, ptrdiff_t tiles,
                           ptrdiff_t group, ptrdiff_t panel, ptrdiff_t last_panel)
{
    const float *x = work->x + group * work->c->channels;
    for (ptrdiff_t i = 0; i < tiles; i++)
        values_of_tile(work->c, x, first + i, b->zeros, b->values + i * b->value_line, b->value_apart);
    for (; panel < last_panel; panel += work->some)
        convolve_panels(work, b, first, tiles, group, panel, least(panel + work->some, last_panel));
}

static void convolve_tiles(const struct work *work, ptrdiff_t tile, ptrdiff_t last_tile, ptrdiff_t panel,
                           ptrdiff_t last_panel)
{
    const struct between b = between_of(work);
    if (!b.zeros)
        return;
    const ptrdiff_t blocks = (last_tile - tile + work->block - 1) / work->block;
    for (ptrdiff_t i = 0; i < blocks; i++) {
        const ptrdiff_t first = tile + cut(last_tile - tile, i, blocks);
        const ptrdiff_t tiles = tile + cut(last_tile - tile, i + 1, blocks) - first;
        for (ptrdiff_t at = panel, end; at < last_panel; at = end) {
            const ptrdiff_t group = at / work->panels, before = group * work->panels;
            end = least(last_panel, before + work->panels);
            convolve_block(work, &b, first, tiles, group, at - before, end - before);
        }
    }
}

/* w: for each group, point and panel of outputs, channels × width_of(outputs of the panel); bias: as wide. */
int netdef_winograd(const struct convolution *c, const float *x, const float *w, const float *bias,
                    const float *addend, float *y)
{
    const struct work work = planned((struct work){.c = c, .x = x, .w = w, .bias = bias, .addend = addend, .y = y});
    const ptrdiff_t panels = work.panels * c->groups, threads = c->threads, tiles = tiles_of(c).count;
    const int by_panel = panels >= threads && tiles < threads * ROWS;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++) {
        if (by_panel)
            convolve_tiles(&work, 0, tiles, cut(panels, i, threads), cut(panels, i + 1, threads));
        else
            convolve_tiles(&work, cut(tiles, i, threads), cut(tiles, i + 1, threads), 0, panels);
    }
    return shortage();
}
