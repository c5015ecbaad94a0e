/* The means of windows: their sums over the number of their places on the padded image, padding included. */

#include "pooling.h"

/* How many places of window ``index`` lie on an axis with its padding. */
INLINE ptrdiff_t places_of(ptrdiff_t index, ptrdiff_t stride, ptrdiff_t pad, ptrdiff_t kernel, ptrdiff_t length)
{
    const ptrdiff_t start = index * stride - pad;
    return least(start + kernel, length + pad) - start;
}

static void write_means(const struct pooling *p, const float *image, ptrdiff_t row, ptrdiff_t column, float *y)
{
    const struct range rows = seen(row, p->stride_height, p->pad_height, p->kernel_height, p->height);
    const struct range columns = seen(column, p->stride_width, p->pad_width, p->kernel_width, p->width);
    const ptrdiff_t high = places_of(row, p->stride_height, p->pad_height, p->kernel_height, p->height);
    const ptrdiff_t wide = places_of(column, p->stride_width, p->pad_width, p->kernel_width, p->width);
    const float places = (float)(high * wide);
    for (ptrdiff_t next = 0; next < p->channels; next += LANES) {
        const ptrdiff_t channel = start_of(next, p->channels), count = p->channels - channel;
        vector sum = {0};
        for (ptrdiff_t i = rows.first; i < rows.end; i++)
            for (ptrdiff_t j = columns.first; j < columns.end; j++)
                sum += load_some(image + (i * p->width + j) * p->channels + channel, count);
        store_some(y + channel, sum / places, count);
    }
}

int netdef_means(const struct pooling *p, const float *x, float *y)
{
#pragma omp parallel for num_threads(p->threads) schedule(static)
    for (ptrdiff_t line = 0; line < p->images * p->out_height; line++) {
        const float *image = x + line / p->out_height * p->height * p->width * p->channels;
        for (ptrdiff_t column = 0; column < p->out_width; column++)
            write_means(p, image, line % p->out_height, column, y + (line * p->out_width + column) * p->channels);
    }
    return 0;
}
