/* The means of windows: their sums over the number of their places on the padded image, padding included. */

#include "pooling.h"

#define SOME (4 * LANES) /* channels that one thread takes of a line */

/* How many places of window ``index`` lie on an axis with its padding. */
INLINE ptrdiff_t places_of(ptrdiff_t index, ptrdiff_t stride, ptrdiff_t pad, ptrdiff_t kernel, ptrdiff_t length)
{
    const ptrdiff_t start = index * stride - pad;
    return least(start + kernel, length + pad) - start;
}

/* The means of one window, of the channels from ``first`` to ``end``. */
static void write_means(const struct pooling *p, const float *image, ptrdiff_t row, ptrdiff_t column, ptrdiff_t first,
                        ptrdiff_t end, float *y)
{
    const struct range rows = seen(row, p->stride_height, p->pad_height, p->kernel_height, p->height);
    const struct range columns = seen(column, p->stride_width, p->pad_width, p->kernel_width, p->width);
    const ptrdiff_t high = places_of(row, p->stride_height, p->pad_height, p->kernel_height, p->height);
    const ptrdiff_t wide = places_of(column, p->stride_width, p->pad_width, p->kernel_width, p->width);
    const float places = (float)(high * wide);
    for (ptrdiff_t next = first; next < end; next += LANES) {
        const ptrdiff_t channel = start_of(next, p->channels), count = p->channels - channel;
        vector sum = {0};
        for (ptrdiff_t i = rows.first; i < rows.end; i++)
            for (ptrdiff_t j = columns.first; j < columns.end; j++)
                sum += load_some(image + (i * p->width + j) * p->channels + channel, count);
        store_some(y + channel, sum / places, count);
    }
}

/* Threads share lines of windows and some channels of each: there may be a single window. Where the last channels are
   no whole vector two threads may write the same numbers. */
int netdef_means(const struct pooling *p, const float *x, float *y)
{
    const ptrdiff_t parts = (p->channels + SOME - 1) / SOME, lines = p->images * p->out_height;
#pragma omp parallel for num_threads(p->threads) schedule(static)
    for (ptrdiff_t i = 0; i < lines * parts; i++) {
        const ptrdiff_t line = i / parts, first = i % parts * SOME, end = least(first + SOME, p->channels);
        const float *image = x + line / p->out_height * p->height * p->width * p->channels;
        for (ptrdiff_t column = 0; column < p->out_width; column++)
            write_means(p, image, line % p->out_height, column, first, end,
                        y + (line * p->out_width + column) * p->channels);
    }
    return 0;
}
