/* Convolutions as they stand: y = finish(bias + Σ w · x), for windows of any size, stride and dilation. */

#include "convolve.h"
#include "caches.h"
#include "product.h"
#include "scratch.h"

#define BAND (1 << 16) /* floats of inputs that stay in the cache while all panels pass over them */
#define CHUNK (4 * ROWS)
#define ALIASED 2048 /* bytes: places so far apart fall on the same few lines of the first cache */

/* One line of outputs: where it begins among all places, and what it sees. */
struct line {
    ptrdiff_t image, row, start, width;
};

/* One of so many times that a panel of weights is read. */
struct turn {
    ptrdiff_t index, count;
};

struct plan {
    const struct convolution *c;
    ptrdiff_t lines, band;        /* all lines of outputs, and those that are worked on together */
    ptrdiff_t depth, panels, all; /* numbers in a window, panels of a group, and numbers in these for each input */
    ptrdiff_t place;              /* from one place of what is read to the next */
    int flat, copied;             /* windows of one place, one behind the other; inputs are copied first */
    int ahead;                    /* a panel is fetched while the one before is worked on: the cache holds both */
};

/* Where the inputs of a band lie: ``from`` is the place of row ``top`` and of the first column, padding included. */
struct source {
    const float *from;
    ptrdiff_t top, reach;
};

static struct plan plan_of(const struct convolution *c)
{
    struct plan p = {.c = c};
    const int single = c->kernel_height == 1 && c->kernel_width == 1 && c->stride_height == 1 && c->stride_width == 1;
    p.flat = single && !c->pad_height && !c->pad_width;
    const ptrdiff_t places = c->images * c->out_height * c->out_width;
    p.lines = p.flat ? rounded_up((places + CHUNK - 1) / CHUNK, c->threads) : c->images * c->out_height;
    p.depth = c->kernel_height * c->kernel_width * c->channels;
    p.panels = (c->outputs + PANEL - 1) / PANEL;
    p.all = (p.panels - 1) * PANEL + width_of(c->outputs - (p.panels - 1) * PANEL);
    const int aliased = c->stride_width * c->place * sizeof(float) % ALIASED == 0;
    p.copied = c->pad_width > 0 || (aliased && p.panels > 1);
    p.place = p.copied ? c->groups * c->channels + (aliased ? LANES : 0) : c->place;
    p.ahead = 2 * p.depth * PANEL * (ptrdiff_t)sizeof(float) <= second_cache();
    const ptrdiff_t width = c->width + 2 * c->pad_width;
    p.band = p.flat ? 1 : BAND / (width * p.place * c->stride_height);
    p.band = p.band < 1 ? 1 : p.band;
    return p;
}

static struct line line_of(const struct plan *p, ptrdiff_t index)
{
    const struct convolution *c = p->c;
    if (p->flat) {
        const ptrdiff_t places = c->images * c->out_height * c->out_width, start = cut(places, index, p->lines);
        return (struct line){0, 0, start, cut(places, index + 1, p->lines) - start};
    }
    return (struct line){index / c->out_height, index % c->out_height, index * c->out_width, c->out_width};
}

/* The first of a band's rows of inputs, and the one behind the last. */
static void rows_of(const struct convolution *c, const struct line *first, ptrdiff_t lines, ptrdiff_t *top, ptrdiff_t *end)
{
    *top = first->row * c->stride_height - c->pad_height;
    *end = *top + (lines - 1) * c->stride_height + (c->kernel_height - 1) * c->line_step + 1;
    *top = *top < 0 ? 0 : *top;
    *end = least(*end, c->height);
}

static void copy_places(const struct plan *p, const float *from, ptrdiff_t places, float *to)
{
    const ptrdiff_t channels = p->c->groups * p->c->channels;
    if (p->c->place == channels && p->place == channels)
        memcpy(to, from, places * channels * sizeof(float));
    else
        for (ptrdiff_t i = 0; i < places; i++)
            memcpy(to + i * p->place, from + i * p->c->place, channels * sizeof(float));
}

static struct source copied(const struct plan *p, const float *x, const struct line *first, ptrdiff_t lines)
{
    const struct convolution *c = p->c;
    if (p->flat) {
        float *to = scratch(first->width * p->place);
        if (!to)
            return (struct source){0};
        copy_places(p, x + first->start * c->place, first->width, to);
        return (struct source){to, 0, 0};
    }
    ptrdiff_t top, end;
    rows_of(c, first, lines, &top, &end);
    const ptrdiff_t side = c->pad_width * p->place, reach = c->width * p->place + 2 * side;
    float *own = scratch(reach * (end > top ? end - top : 1));
    if (!own)
        return (struct source){0};
    for (ptrdiff_t row = top; row < end; row++) {
        float *to = own + (row - top) * reach;
        memset(to, 0, side * sizeof(float));
        copy_places(p, x + (first->image * c->height + row) * c->width * c->place, c->width, to + side);
        memset(to + reach - side, 0, side * sizeof(float));
    }
    return (struct source){own, top, reach};
}

static struct source in_place(const struct plan *p, const float *x, const struct line *first)
{
    const struct convolution *c = p->c;
    if (p->flat)
        return (struct source){x + first->start * c->place, 0, 0};
    const ptrdiff_t reach = c->width * c->place;
    return (struct source){x + first->image * c->height * reach, 0, reach};
}

/* The part of a line's windows that lies on the images: fewer lines of taps at the upper and lower edge. */
static struct window window_of(const struct plan *p, const struct line *line, ptrdiff_t *first, ptrdiff_t *top)
{
    const struct convolution *c = p->c;
    struct window window = {.taps = c->kernel_width, .depth = c->channels, .step = 1};
    window.place = c->stride_width * p->place;
    window.tap = c->tap_step * p->place;
    *top = line->row * c->stride_height - c->pad_height;
    *first = *top < 0 ? (-*top + c->line_step - 1) / c->line_step : 0;
    *first = least(*first, c->kernel_height);
    const ptrdiff_t below = c->height - *top;
    const ptrdiff_t end = below > 0 ? least(c->kernel_height, (below + c->line_step - 1) / c->line_step) : 0;
    window.lines = end > *first ? end - *first : 0;
    if (window.tap == c->channels) { /* taps beside each other are one */
        window.depth *= window.taps;
        window.taps = 1;
    }
    return window;
}

/* Have inputs come to the cache while others are worked on. */
static void fetch_places(const float *from, ptrdiff_t floats)
{
    for (ptrdiff_t i = 0; i < floats; i += LANES)
        __builtin_prefetch(from + i);
}

/* While lines of outputs are worked on, the weights of the next panel come to the cache: a part of them in each turn. */
static void multiply_line(const struct plan *p, const struct source *source, const struct line *line,
                          const struct turn *turn, ptrdiff_t group, ptrdiff_t panel, const float *w, const float *bias,
                          const float *addend, float *y)
{
    const struct convolution *c = p->c;
    const ptrdiff_t outputs = least(PANEL, c->outputs - panel * PANEL);
    const struct finish finish = {c->out_place, c->addend_place, (int)c->rectify};
    ptrdiff_t skipped, top;
    struct window window = window_of(p, line, &skipped, &top);
    window.line = c->line_step * source->reach;
    window.weights = width_of(outputs);
    w += (group * p->all + panel * PANEL) * p->depth;
    const float *next = w + p->depth * window.weights;
    w += skipped * c->kernel_width * c->channels * window.weights;
    bias += group * p->all + panel * PANEL;
    const float *from = source->from + group * c->channels;
    if (!p->flat)
        from += (top + skipped * c->line_step - source->top) * source->reach;
    const ptrdiff_t channel = group * c->outputs + panel * PANEL, blocks = (line->width + ROWS - 1) / ROWS;
    window.ahead_step = p->ahead ? window.weights / (turn->count * blocks) : 0;
    for (ptrdiff_t block = 0; block < blocks; block++) {
        const ptrdiff_t first = cut(line->width, block, blocks), places = cut(line->width, block + 1, blocks) - first;
        const ptrdiff_t place = line->start + first;
        if (p->ahead)
            window.ahead = next + (turn->index * blocks + block) * p->depth * window.ahead_step;
        if (p->flat && p->panels == 1)
            fetch_places(from + (first + places) * window.place, places * window.place);
        multiply_block(places, outputs, &window, &finish, from + first * window.place, w, bias,
                       addend ? addend + place * c->addend_place + channel : addend, y + place * c->out_place + channel);
    }
}

static void convolve_part(const struct plan *p, ptrdiff_t line, ptrdiff_t last_line, ptrdiff_t panel,
                          ptrdiff_t last_panel, const float *x, const float *w, const float *bias, const float *addend,
                          float *y)
{
    while (line < last_line) {
        const struct line first = line_of(p, line);
        const ptrdiff_t rest = p->flat ? 1 : p->c->out_height - first.row;
        const ptrdiff_t lines = least(p->band, least(rest, last_line - line));
        const struct source source = p->copied ? copied(p, x, &first, lines) : in_place(p, x, &first);
        if (!source.from)
            return;
        for (ptrdiff_t each = panel; each < last_panel; each++)
            for (ptrdiff_t i = line; i < line + lines; i++) {
                const struct line here = line_of(p, i);
                const struct turn turn = {i - line, lines};
                multiply_line(p, &source, &here, &turn, each / p->panels, each % p->panels, w, bias, addend, y);
            }
        line += lines;
    }
}

void convolve_image(const struct convolution *c, const float *x, const float *w, const float *bias, float *y)
{
    struct convolution own = *c;
    own.images = own.threads = 1;
    const struct plan p = plan_of(&own);
    convolve_part(&p, 0, p.lines, 0, p.panels * c->groups, x, w, bias, 0, y);
}

/* w: for each group and panel of outputs, lines × taps × channels × width_of(outputs of the panel); bias: as wide. */
int netdef_convolve(const struct convolution *c, const float *x, const float *w, const float *bias,
                    const float *addend, float *y)
{
    const struct plan p = plan_of(c);
    const ptrdiff_t panels = p.panels * c->groups, threads = c->threads;
    const ptrdiff_t kernels = panels * PANEL * p.depth;
    const ptrdiff_t inputs = c->images * c->height * c->width * c->groups * c->channels;
    const int by_panel = share_panels(panels, p.lines, kernels, inputs, threads);
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++) {
        if (by_panel)
            convolve_part(&p, 0, p.lines, cut(panels, i, threads), cut(panels, i + 1, threads), x, w, bias, addend, y);
        else
            convolve_part(&p, cut(p.lines, i, threads), cut(p.lines, i + 1, threads), 0, panels, x, w, bias, addend, y);
    }
    return shortage();
}
