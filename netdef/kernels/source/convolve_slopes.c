/* Gradients of the kernels and the bias of a convolution, for windows of any size, stride and dilation.

   What a block of windows sees is laid out, a panel of numbers at a time, and multiplied by the gradients of outputs.
   Threads share panels and outputs, not windows: numbers do not hang on how many threads there are. */

#include "columns.h"
#include "product.h"
#include "scratch.h"

#define CACHED (1 << 15)  /* gradients of outputs that stay in the second cache while panels pass over them */
#define FEWEST 56         /* windows in a block: with fewer, to read and write the sums would count */
#define MOST 224          /* so many that a panel stays in the first cache */
#define ALIASED 2048      /* bytes: lines so far apart fall on the same few lines of the first cache */

struct work {
    const struct convolution *c;
    const float *x, *slopes;
    float *dw, *db;
    ptrdiff_t windows, block; /* all windows, and those that are summed together */
};

/* Some panels and outputs of a group: what one thread sums. */
struct part {
    ptrdiff_t group, panel, last_panel, output, outputs;
};

/* Gradients of a block: where those of the first output lie, and how far apart those of windows are. */
struct slopes {
    const float *from;
    ptrdiff_t step;
};

static struct slopes slopes_of(const struct work *work, const struct part *part, ptrdiff_t first, ptrdiff_t count,
                               float *own)
{
    const ptrdiff_t place = work->c->out_place, line = odd_lines(part->outputs);
    const float *from = work->slopes + first * place + part->group * work->c->outputs + part->output;
    if (place * sizeof(float) % ALIASED)
        return (struct slopes){from, place};
    for (ptrdiff_t i = 0; i < count; i++)
        memcpy(own + i * line, from + i * place, part->outputs * sizeof(float));
    return (struct slopes){own, line};
}

/* The bias's gradient: sums over windows. */
static void add_slopes(const struct work *work, const struct part *part, const struct slopes *slopes, ptrdiff_t count,
                       int begun)
{
    float *db = work->db + part->group * work->c->outputs + part->output;
    for (ptrdiff_t first = 0; first < part->outputs; first += LANES) {
        const ptrdiff_t some = part->outputs - first;
        vector sum = begun ? load_some(db + first, some) : (vector){0}, block = {0};
        for (ptrdiff_t i = 0; i < count; i++)
            block += load_some(slopes->from + i * slopes->step + first, some);
        sum += block;
        store_some(db + first, sum, some);
    }
}

/* Sums of one panel: gradients of outputs times what their windows see. */
static void add_products(const struct work *work, const struct part *part, const struct slopes *slopes,
                         const float *lines, ptrdiff_t count, ptrdiff_t panel, int begun)
{
    static const float zeros[PANEL];
    const ptrdiff_t line = window_numbers(work->c), width = least(PANEL, line - panel * PANEL);
    const struct window window = {1, 1, count, .place = 1, .step = slopes->step, .weights = width_of(width)};
    const struct finish finish = {line, line, 0};
    const ptrdiff_t blocks = (part->outputs + ROWS - 1) / ROWS;
    float *to = work->dw + (part->group * work->c->outputs + part->output) * line + panel * PANEL;
    for (ptrdiff_t i = 0; i < blocks; i++) {
        const ptrdiff_t first = cut(part->outputs, i, blocks), rows = cut(part->outputs, i + 1, blocks) - first;
        float *sums = to + first * line;
        multiply_block(rows, width, &window, &finish, slopes->from + first, lines, zeros, begun ? sums : 0, sums);
    }
}

static void sum_part(const struct work *work, const struct part *part)
{
    const ptrdiff_t line = window_numbers(work->c), room = work->block * PANEL + LANES;
    float *lines = scratch(room + work->block * odd_lines(part->outputs));
    if (!lines)
        return;
    for (ptrdiff_t first = 0; first < work->windows; first += work->block) {
        const ptrdiff_t count = least(work->block, work->windows - first);
        const struct slopes slopes = slopes_of(work, part, first, count, lines + room);
        if (work->db && part->panel == 0)
            add_slopes(work, part, &slopes, count, first > 0);
        for (ptrdiff_t panel = part->panel; work->dw && panel < part->last_panel; panel++) {
            const ptrdiff_t start = panel * PANEL;
            const struct columns columns = columns_of(work->c, part->group, start, least(PANEL, line - start));
            gather(&columns, work->x, first, count, lines);
            add_products(work, part, &slopes, lines, count, panel, first > 0);
        }
    }
}

/* Panels ``first`` to ``last`` of all: panels are inside of shares of outputs, these inside of groups. */
static void sum_panels(const struct work *work, ptrdiff_t panels, ptrdiff_t shares, ptrdiff_t first, ptrdiff_t last)
{
    const ptrdiff_t outputs = work->c->outputs;
    for (ptrdiff_t end; first < last; first = end) {
        const ptrdiff_t share = first / panels % shares, panel = first % panels;
        end = least(last, first + panels - panel);
        struct part part = {first / panels / shares, panel, panel + end - first, cut(outputs, share, shares), 0};
        part.outputs = cut(outputs, share + 1, shares) - part.output;
        sum_part(work, &part);
    }
}

/* dw: outputs × lines × taps × channels; db: as many as outputs. Either may be null. */
int netdef_convolve_slopes(const struct convolution *c, const float *x, const float *slopes, float *dw, float *db)
{
    struct work work = {c, x, slopes, dw, db, c->images * c->out_height * c->out_width, CACHED / c->outputs};
    work.block = work.block < FEWEST ? FEWEST : least(work.block, MOST);
    const ptrdiff_t panels = dw ? (window_numbers(c) + PANEL - 1) / PANEL : 1, threads = c->threads;
    ptrdiff_t shares = rounded_up(threads, panels * c->groups) / (panels * c->groups);
    shares = least(shares, c->outputs);
    const ptrdiff_t all = c->groups * shares * panels;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++)
        sum_panels(&work, panels, shares, cut(all, i, threads), cut(all, i + 1, threads));
    return shortage();
}
