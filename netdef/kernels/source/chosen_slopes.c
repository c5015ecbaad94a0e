/* Gradients of the kernels and the bias of a convolution of which only maxima of windows were kept, rectified or not.

   All other places have a gradient of zero: what the windows of the convolution see there is multiplied by nothing.
   Threads share outputs: numbers do not hang on how many threads there are. */

#include "chosen.h"
#include "scratch.h"

#define CACHED 6144 /* numbers of images that stay in the first cache while all outputs pass over them */

#if LANES == 16
#define TILE 24 /* vectors of sums that registers hold */
#define EACH_SUM(DO)                                                                                                   \
    DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) DO(15) DO(16) DO(17) \
    DO(18) DO(19) DO(20) DO(21) DO(22) DO(23)
#else
#define TILE 12
#define EACH_SUM(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11)
#endif
#define MOST_ROWS 6

/* Rows of a kernel's sums: how far they lie apart there, and in images; the last vector of each has only ``tail``. */
struct rows {
    ptrdiff_t line, reach;
    some tail;
};

#define PARAMETERS                                                                                                     \
    const struct rows *lie, const struct chosen *chosen, ptrdiff_t count, const float *x, int begun, float *sums
#define ARGUMENTS lie, chosen, count, x, begun, sums

/* Add to rows × across vectors of sums. */
INLINE void add(const int rows, const int across, PARAMETERS)
{
    const ptrdiff_t line = lie->line, reach = lie->reach;
    const some tail = lie->tail;
#define USED(i) (i < rows * across)
#define LAST(i) (i % across == across - 1)
#define BEGIN(i)                                                                                                       \
    vector sum##i = {0};                                                                                               \
    if (USED(i) && begun)                                                                                              \
        sum##i = load_among(sums + i / across * line + i % across * LANES, LAST(i) ? tail : among(LANES));
    EACH_SUM(BEGIN)
    for (ptrdiff_t k = 0; k < count; k++) {
        const float *from = x + chosen[k].at, slope = chosen[k].slope;
#define ADD(i)                                                                                                         \
    if (USED(i)) {                                                                                                     \
        const float *numbers = from + i / across * reach + i % across * LANES;                                         \
        sum##i += slope * (LAST(i) ? load_among(numbers, tail) : load(numbers));                                       \
    }
        EACH_SUM(ADD)
    }
#define FINISH(i)                                                                                                      \
    if (USED(i))                                                                                                       \
        store_among(sums + i / across * line + i % across * LANES, sum##i, LAST(i) ? tail : among(LANES));
    EACH_SUM(FINISH)
}

#define EACH_ROWS(DO, across) DO(1, across) DO(2, across) DO(3, across) DO(4, across) DO(5, across) DO(6, across)
#define EACH_TILE(DO)                                                                                                  \
    EACH_ROWS(DO, 1) EACH_ROWS(DO, 2) EACH_ROWS(DO, 3) EACH_ROWS(DO, 4) EACH_ROWS(DO, 5) EACH_ROWS(DO, 6)              \
    EACH_ROWS(DO, 7) EACH_ROWS(DO, 8)
#define FITS(rows, across) ((rows) * (across) <= TILE ? (rows) : 1)
#define DEFINE(rows, across)                                                                                           \
    static void add##rows##_##across(PARAMETERS) { add(FITS(rows, across), across, ARGUMENTS); }
EACH_TILE(DEFINE)

typedef void tile(PARAMETERS);
#define NAME(rows, across) add##rows##_##across,
static tile *const tiles[] = {EACH_TILE(NAME)};

struct work {
    const struct maxima *m;
    const float *x;
    float *dw, *db;
    ptrdiff_t windows, block; /* of an image; images that are summed together */
};

/* What lies between images and sums: padded images, the gradients of an output, and where windows begin. */
struct between {
    float *images;
    struct chosen *chosen;
    ptrdiff_t *begins, *shifts;
};

static struct between between_of(const struct work *work)
{
    const struct maxima *m = work->m;
    const ptrdiff_t places = m->p->kernel_height * m->p->kernel_width, numbers = padded_of(m->c).numbers;
    const ptrdiff_t images = is_padded(m->c) ? rounded_up(work->block * numbers, LANES) : 0;
    const ptrdiff_t pairs = work->block * work->windows;
    struct between b = {.images = scratch(images + 2 * (pairs + work->windows + places))};
    if (!b.images)
        return b;
    b.begins = (ptrdiff_t *)(b.images + images);
    b.shifts = b.begins + work->windows;
    b.chosen = (struct chosen *)(b.shifts + places);
    memset(b.images, 0, images * sizeof(float));
    for (ptrdiff_t i = 0; i < work->windows; i++)
        b.begins[i] = begin_of(m, i);
    for (ptrdiff_t i = 0; i < places; i++)
        b.shifts[i] = shift_of(m, i);
    return b;
}

static const float *padded_images(const struct work *work, const struct between *b, ptrdiff_t first, ptrdiff_t count)
{
    const struct convolution *c = work->m->c;
    const struct padded own = padded_of(c);
    const ptrdiff_t row = c->width * c->channels;
    const float *from = work->x + first * c->height * row;
    if (!is_padded(c))
        return from;
    for (ptrdiff_t i = 0; i < count * c->height; i++) {
        float *to = b->images + i / c->height * own.numbers + (c->pad_height + i % c->height) * own.reach;
        memcpy(to + c->pad_width * c->channels, from + i * row, row * sizeof(float));
    }
    return b->images;
}

/* Find the gradients of an output that are not zero, in some images, and their sum. */
static ptrdiff_t choose(const struct work *work, const struct between *b, ptrdiff_t first, ptrdiff_t images,
                        ptrdiff_t output, float *sum)
{
    const struct maxima *m = work->m;
    const ptrdiff_t outputs = m->c->outputs, numbers = padded_of(m->c).numbers;
    ptrdiff_t count = 0;
    for (ptrdiff_t image = 0; image < images; image++) {
        const ptrdiff_t start = (first + image) * work->windows * outputs + output;
        for (ptrdiff_t i = 0; i < work->windows; i++) {
            const float slope = slope_at(m, start + i * outputs);
            const ptrdiff_t at = image * numbers + b->begins[i] + b->shifts[m->places[start + i * outputs]];
            b->chosen[count] = (struct chosen){slope, (int32_t)at};
            count += slope != 0;
            *sum += slope;
        }
    }
    return count;
}

static void add_kernel(const struct work *work, const struct between *b, ptrdiff_t count, const float *x, int begun,
                       float *sums)
{
    const struct convolution *c = work->m->c;
    const struct across across = across_of(c);
    const ptrdiff_t rows = c->kernel_height, reach = padded_of(c).reach;
    for (ptrdiff_t chunk = 0; chunk < across.chunks; chunk++) {
        const ptrdiff_t start = cut(across.vectors, chunk, across.chunks) * LANES;
        const ptrdiff_t wide = cut(across.vectors, chunk + 1, across.chunks) - start / LANES;
        const ptrdiff_t most = least(MOST_ROWS, TILE / wide), parts = (rows + most - 1) / most;
        const struct rows lie = {across.numbers, reach, among(across.numbers - start - (wide - 1) * LANES)};
        for (ptrdiff_t part = 0; part < parts; part++) {
            const ptrdiff_t row = cut(rows, part, parts), some = cut(rows, part + 1, parts) - row;
            tiles[(wide - 1) * MOST_ROWS + some - 1](&lie, b->chosen, count, x + row * reach + start, begun,
                                                     sums + row * across.numbers + start);
        }
    }
}

static void sum_outputs(const struct work *work, ptrdiff_t output, ptrdiff_t last)
{
    const struct convolution *c = work->m->c;
    const ptrdiff_t line = c->kernel_height * c->kernel_width * c->channels;
    const struct between b = between_of(work);
    for (ptrdiff_t first = 0; b.images && first < c->images; first += work->block) {
        const ptrdiff_t images = least(work->block, c->images - first);
        const float *x = padded_images(work, &b, first, images);
        for (ptrdiff_t each = output; each < last; each++) {
            float sum = 0;
            const ptrdiff_t count = choose(work, &b, first, images, each, &sum);
            if (work->dw)
                add_kernel(work, &b, count, x, first > 0, work->dw + each * line);
            if (work->db)
                work->db[each] = first > 0 ? work->db[each] + sum : sum;
        }
    }
}

/* dw: outputs × lines × taps × channels; db: as many as outputs. Either may be null, and so may y. The convolution has
   one group and no holes. */
int netdef_chosen_slopes(const struct convolved_maxima *task, const float *x, const float *slopes,
                         const uint8_t *places, const float *y, float *dw, float *db)
{
    const struct convolution *c = &task->c;
    const struct pooling *p = &task->p;
    const struct maxima m = {c, p, slopes, y, places};
    struct work work = {&m, x, dw, db, p->out_height * p->out_width, CACHED / padded_of(c).numbers};
    work.block = work.block < 1 ? 1 : work.block;
    const ptrdiff_t threads = c->threads;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++)
        sum_outputs(&work, cut(c->outputs, i, threads), cut(c->outputs, i + 1, threads));
    return shortage();
}
