/* The gradient of the bottom of a convolution of which only maxima of windows were kept, rectified or not.

   Each row of what a window of the maxima saw gets the rows of those kernels whose maximum was found there: it is summed
   in registers. Threads share images. */

#include "chosen.h"
#include "scratch.h"

#define MOST_TALL 256 /* rows of a window of the maxima, whose places are bytes */

#define EACH_SUM(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define EACH_WIDTH(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)

/* Gradients from ``begin`` on, and the row of kernels that they are multiplied by. */
struct share {
    const struct chosen *begin, *end;
    const float *kernels;
};

#define PARAMETERS const struct share *shares, ptrdiff_t count, some tail, float *to
#define ARGUMENTS shares, count, tail, to

INLINE void add(const int across, PARAMETERS)
{
#define BEGIN(i) vector sum##i = {0};
    EACH_SUM(BEGIN)
    for (ptrdiff_t share = 0; share < count; share++) {
        const float *kernels = shares[share].kernels;
        for (const struct chosen *each = shares[share].begin; each < shares[share].end; each++) {
            const float *from = kernels + each->at, slope = each->slope;
#define ADD(i)                                                                                                         \
    if (i < across)                                                                                                    \
        sum##i += slope * load(from + i * LANES);
            EACH_SUM(ADD)
        }
    }
#define FINISH(i)                                                                                                      \
    if (i < across - 1)                                                                                                \
        store(to + i * LANES, load(to + i * LANES) + sum##i);                                                          \
    else if (i == across - 1)                                                                                          \
        store_among(to + i * LANES, load_among(to + i * LANES, tail) + sum##i, tail);
    EACH_SUM(FINISH)
}

#define DEFINE(across)                                                                                                 \
    static void add##across(PARAMETERS) { add(across, ARGUMENTS); }
EACH_WIDTH(DEFINE)

typedef void adder(PARAMETERS);
#define NAME(across) add##across,
static adder *const adders[] = {EACH_WIDTH(NAME)};

struct work {
    struct maxima m;
    const float *w;
    float *dx;
    ptrdiff_t windows, places; /* of the maxima: in an image, and in a window */
    struct across across;
};

/* What lies between: kernels whose rows are whole vectors, a padded image, and for each window the gradients that are
   not zero by their places, with where each place's begin. */
struct between {
    float *kernels, *image;
    struct chosen *chosen;
    int32_t *starts;
};

static struct between between_of(const struct work *work)
{
    const struct convolution *c = work->m.c;
    const ptrdiff_t kernels = c->kernel_height * c->outputs * work->across.vectors * LANES;
    const ptrdiff_t image = is_padded(c) ? rounded_up(padded_of(c).numbers, LANES) : 0;
    const ptrdiff_t pairs = work->windows * c->outputs;
    struct between b = {.kernels = scratch(kernels + image + 2 * pairs + work->windows * (work->places + 1))};
    if (!b.kernels)
        return b;
    b.image = b.kernels + kernels;
    b.chosen = (struct chosen *)(b.image + image);
    b.starts = (int32_t *)(b.chosen + pairs);
    return b;
}

/* For each row of kernels those of all outputs. */
static void copy_kernels(const struct work *work, float *to)
{
    const struct convolution *c = work->m.c;
    const ptrdiff_t rows = c->kernel_height, numbers = work->across.numbers, line = work->across.vectors * LANES;
    for (ptrdiff_t row = 0; row < rows; row++)
        for (ptrdiff_t output = 0; output < c->outputs; output++, to += line)
            for (ptrdiff_t lane = 0; lane < line; lane += LANES)
                store(to + lane, load_some(work->w + (output * rows + row) * numbers + lane, numbers - lane));
}

/* Sort the gradients of a window by their places. */
static void sort_window(const struct work *work, ptrdiff_t start, struct chosen *chosen, int32_t *starts)
{
    const ptrdiff_t outputs = work->m.c->outputs, line = work->across.vectors * LANES;
    const uint8_t *places = work->m.places + start;
    memset(starts, 0, (work->places + 1) * sizeof(*starts));
    for (ptrdiff_t i = 0; i < outputs; i++)
        starts[places[i] + 1] += slope_at(&work->m, start + i) != 0;
    for (ptrdiff_t place = 0; place < work->places; place++)
        starts[place + 1] += starts[place];
    for (ptrdiff_t i = 0; i < outputs; i++) {
        const float slope = slope_at(&work->m, start + i);
        if (slope != 0)
            chosen[starts[places[i]]++] = (struct chosen){slope, (int32_t)(i * line)};
    }
    for (ptrdiff_t place = work->places; place > 0; place--)
        starts[place] = starts[place - 1]; /* each had gone on to the next one's */
    starts[0] = 0;
}

/* Add to one row of what a window of the maxima saw, from one of its columns on. */
static void add_row(const struct work *work, const struct between *b, ptrdiff_t window, ptrdiff_t row,
                    ptrdiff_t column, float *to)
{
    const struct convolution *c = work->m.c;
    const struct pooling *p = work->m.p;
    const struct chosen *chosen = b->chosen + window * c->outputs;
    const int32_t *starts = b->starts + window * (work->places + 1) + column;
    const ptrdiff_t line = work->across.vectors * LANES;
    struct share shares[MOST_TALL];
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < p->kernel_height; i++, starts += p->kernel_width) {
        const ptrdiff_t own = row - i * c->stride_height;
        if (own >= 0 && own < c->kernel_height && starts[0] < starts[1])
            shares[count++] = (struct share){chosen + starts[0], chosen + starts[1], b->kernels + own * c->outputs * line};
    }
    for (ptrdiff_t chunk = 0; count && chunk < work->across.chunks; chunk++) {
        const ptrdiff_t first = cut(work->across.vectors, chunk, work->across.chunks);
        const ptrdiff_t wide = cut(work->across.vectors, chunk + 1, work->across.chunks) - first;
        const some tail = among(work->across.numbers - (first + wide - 1) * LANES);
        adders[wide - 1](shares, count, tail, to + first * LANES);
        for (ptrdiff_t i = 0; i < count; i++)
            shares[i].kernels += wide * LANES;
    }
}

static void lead_image_back(const struct work *work, const struct between *b, ptrdiff_t image, float *to)
{
    const struct convolution *c = work->m.c;
    const struct pooling *p = work->m.p;
    for (ptrdiff_t i = 0; i < work->windows; i++)
        sort_window(work, (image * work->windows + i) * c->outputs, b->chosen + i * c->outputs,
                    b->starts + i * (work->places + 1));
    const ptrdiff_t rows = (p->kernel_height - 1) * c->stride_height + c->kernel_height, reach = padded_of(c).reach;
    for (ptrdiff_t row = 0; row < rows; row++)
        for (ptrdiff_t i = 0; i < work->windows; i++)
            for (ptrdiff_t column = 0; column < p->kernel_width; column++)
                add_row(work, b, i, row, column, to + begin_of(&work->m, i) + row * reach + shift_of(&work->m, column));
}

static void lead_images_back(const struct work *work, ptrdiff_t image, ptrdiff_t last)
{
    const struct convolution *c = work->m.c;
    const struct padded own = padded_of(c);
    const ptrdiff_t row = c->width * c->channels;
    const struct between b = between_of(work);
    if (!b.kernels)
        return;
    copy_kernels(work, b.kernels);
    for (; image < last; image++) {
        float *dx = work->dx + image * c->height * row, *to = is_padded(c) ? b.image : dx;
        memset(to, 0, own.numbers * sizeof(float));
        lead_image_back(work, &b, image, to);
        const float *from = to + c->pad_height * own.reach + c->pad_width * c->channels;
        for (ptrdiff_t i = 0; is_padded(c) && i < c->height; i++)
            memcpy(dx + i * row, from + i * own.reach, row * sizeof(float));
    }
}

/* w: outputs × lines × taps × channels; y may be null. The convolution has one group and no holes. */
int netdef_chosen_back(const struct convolved_maxima *task, const float *slopes, const uint8_t *places, const float *y,
                       const float *w, float *dx)
{
    const struct convolution *c = &task->c;
    const struct pooling *p = &task->p;
    const struct maxima m = {c, p, slopes, y, places};
    const struct work work = {m, w, dx, p->out_height * p->out_width, p->kernel_height * p->kernel_width, across_of(c)};
    const ptrdiff_t threads = c->threads;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++)
        lead_images_back(&work, cut(c->images, i, threads), cut(c->images, i + 1, threads));
    return shortage();
}
