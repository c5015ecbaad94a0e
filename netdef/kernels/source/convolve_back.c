/* The gradient of a convolution's bottom, for windows of any size, stride and dilation.

   The gradients of a block of outputs are multiplied by a panel of kernels' numbers, and what comes out is added where
   the windows lie. Threads share images. */

#include "columns.h"
#include "product.h"
#include "scratch.h"

#define BLOCK (8 * ROWS) /* windows: what they give stays in the first cache */
#define CACHED (1 << 16) /* numbers of images that stay in the second cache while panels pass over them */
#define ALIASED 2048     /* bytes: lines so far apart fall on the same few lines of the first cache */

struct work {
    const struct convolution *c;
    const float *slopes, *w;
    float *dx;
};

/* What lies between gradients of outputs and those of images: a panel of kernels, lines of products, and gradients. */
struct between {
    float *kernels, *lines, *slopes;
    ptrdiff_t slope_line;
};

static struct between between_of(const struct convolution *c)
{
    struct between b = {.slope_line = odd_lines(c->outputs)};
    b.kernels = scratch(c->outputs * PANEL + BLOCK * PANEL + LANES + ROWS * b.slope_line);
    if (!b.kernels)
        return b;
    b.lines = b.kernels + c->outputs * PANEL;
    b.slopes = b.lines + BLOCK * PANEL + LANES;
    return b;
}

static void copy_kernels(const struct work *work, ptrdiff_t group, ptrdiff_t start, ptrdiff_t width, float *to)
{
    const ptrdiff_t line = window_numbers(work->c);
    const float *from = work->w + group * work->c->outputs * line + start;
    for (ptrdiff_t output = 0; output < work->c->outputs; output++)
        for (ptrdiff_t lane = 0; lane < width_of(width); lane += LANES)
            store(to + output * width_of(width) + lane, load_some(from + output * line + lane, width - lane));
}

static void multiply(const struct convolution *c, const struct between *b, const float *slopes, ptrdiff_t count,
                     ptrdiff_t width)
{
    static const float zeros[PANEL];
    const int aliased = c->out_place * sizeof(float) % ALIASED == 0;
    const ptrdiff_t blocks = (count + ROWS - 1) / ROWS, place = aliased ? b->slope_line : c->out_place;
    const struct window window = {1, 1, c->outputs, .place = place, .step = 1, .weights = width_of(width)};
    const struct finish finish = {PANEL, 0, 0};
    for (ptrdiff_t i = 0; i < blocks; i++) {
        const ptrdiff_t first = cut(count, i, blocks), rows = cut(count, i + 1, blocks) - first;
        const float *from = slopes + first * c->out_place;
        for (ptrdiff_t row = 0; aliased && row < rows; row++)
            memcpy(b->slopes + row * place, from + row * c->out_place, c->outputs * sizeof(float));
        multiply_block(rows, width_of(width), &window, &finish, aliased ? b->slopes : from, b->kernels, zeros, 0,
                       b->lines + first * PANEL);
    }
}

static void lead_back(const struct work *work, const struct between *b, ptrdiff_t image, ptrdiff_t last, ptrdiff_t group)
{
    const struct convolution *c = work->c;
    const ptrdiff_t line = window_numbers(c), windows = c->out_height * c->out_width;
    const ptrdiff_t numbers = c->height * c->width * c->place;
    for (ptrdiff_t start = 0; start < line; start += PANEL) {
        const struct columns columns = columns_of(c, group, start, least(PANEL, line - start));
        copy_kernels(work, group, start, columns.width, b->kernels);
        for (ptrdiff_t each = image; each < last; each++)
            for (ptrdiff_t first = 0; first < windows; first += BLOCK) {
                const ptrdiff_t count = least(BLOCK, windows - first);
                const float *slopes = work->slopes + (each * windows + first) * c->out_place + group * c->outputs;
                multiply(c, b, slopes, count, columns.width);
                spread(&columns, b->lines, first, count, work->dx + each * numbers);
            }
    }
}

static void lead_images_back(const struct work *work, ptrdiff_t image, ptrdiff_t last)
{
    const struct convolution *c = work->c;
    const struct between b = between_of(c);
    const ptrdiff_t numbers = c->height * c->width * c->place;
    const ptrdiff_t some = numbers < CACHED ? CACHED / numbers : 1;
    for (ptrdiff_t end; b.kernels && image < last; image = end) {
        end = least(last, image + some);
        memset(work->dx + image * numbers, 0, (end - image) * numbers * sizeof(float));
        for (ptrdiff_t group = 0; group < c->groups; group++)
            lead_back(work, &b, image, end, group);
    }
}

/* w: outputs × lines × taps × channels. */
int netdef_convolve_back(const struct convolution *c, const float *slopes, const float *w, float *dx)
{
    const struct work work = {c, slopes, w, dx};
    const ptrdiff_t threads = c->threads;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++)
        lead_images_back(&work, cut(c->images, i, threads), cut(c->images, i + 1, threads));
    return shortage();
}
