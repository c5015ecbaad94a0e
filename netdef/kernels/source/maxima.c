/* The maxima of windows, and the way back to where they were found. Channels lie together. */

#include "bytes.h"
#include "pooling.h"
#include "threads.h"

/* Write places in a window, row by row, a byte each. */
INLINE void store_places(uint8_t *to, mask places, ptrdiff_t count)
{
    uint8_t some[LANES];
    if (count >= LANES) {
        store_bytes(to, places);
        return;
    }
    store_bytes(some, places);
    memcpy(to, some, count);
}

/* The first maximum in the order of rows; what is not a number is larger than all. */
static void write_maximum(const struct pooling *p, const float *image, ptrdiff_t row, ptrdiff_t column, float *y,
                          uint8_t *places)
{
    const struct range rows = seen(row, p->stride_height, p->pad_height, p->kernel_height, p->height);
    const struct range columns = seen(column, p->stride_width, p->pad_width, p->kernel_width, p->width);
    const ptrdiff_t top = row * p->stride_height - p->pad_height, left = column * p->stride_width - p->pad_width;
    for (ptrdiff_t next = 0; next < p->channels; next += LANES) {
        const ptrdiff_t channel = start_of(next, p->channels), count = p->channels - channel;
        vector most = load_some(image + (rows.first * p->width + columns.first) * p->channels + channel, count);
        mask place = (mask){0} + (int32_t)((rows.first - top) * p->kernel_width + columns.first - left);
        for (ptrdiff_t i = rows.first; i < rows.end; i++)
            for (ptrdiff_t j = columns.first; j < columns.end; j++) {
                const vector value = load_some(image + (i * p->width + j) * p->channels + channel, count);
                const mask more = (value > most) | (value != value);
                most = (vector)(((mask)value & more) | ((mask)most & ~more));
                place = (((mask){0} + (int32_t)((i - top) * p->kernel_width + j - left)) & more) | (place & ~more);
            }
        store_some(y + channel, p->rectify ? rectified(most) : most, count);
        if (places)
            store_places(places + channel, place, count);
    }
}

static void write_line(const struct pooling *p, const float *image, ptrdiff_t row, float *y, uint8_t *places)
{
    for (ptrdiff_t column = 0; column < p->out_width; column++) {
        const ptrdiff_t at = column * p->channels;
        write_maximum(p, image, row, column, y + at, places ? places + at : places);
    }
}

void maxima_of_image(const struct pooling *p, const float *image, float *y, uint8_t *places)
{
    const ptrdiff_t numbers = p->out_width * p->channels;
    for (ptrdiff_t row = 0; row < p->out_height; row++)
        write_line(p, image, row, y + row * numbers, places ? places + row * numbers : places);
}

/* y: the maxima, rectified if wanted; ``places``, which may be null: where in their windows they were found. */
int netdef_maxima(const struct pooling *p, const float *x, float *y, uint8_t *places)
{
    const ptrdiff_t numbers = p->out_width * p->channels;
#pragma omp parallel for num_threads(p->threads) schedule(static)
    for (ptrdiff_t line = 0; line < p->images * p->out_height; line++) {
        const float *image = x + line / p->out_height * p->height * p->width * p->channels;
        write_line(p, image, line % p->out_height, y + line * numbers, places ? places + line * numbers : places);
    }
    return 0;
}

/* The gradients of some channels of one image. */
static void lead_back(const struct pooling *p, const uint8_t *places, const float *slopes, ptrdiff_t first,
                      ptrdiff_t last, float *dx)
{
    int32_t shifts[UINT8_MAX + 1];
    for (ptrdiff_t place = 0; place < p->kernel_height * p->kernel_width; place++)
        shifts[place] = (int32_t)((place / p->kernel_width * p->width + place % p->kernel_width) * p->channels);
    const ptrdiff_t runs = last - first < p->channels ? p->height * p->width : 1; /* of numbers that lie together */
    const ptrdiff_t length = p->height * p->width / runs * (last - first);
    for (ptrdiff_t run = 0; run < runs; run++)
        memset(dx + run * p->channels + first, 0, length * sizeof(float));
    for (ptrdiff_t row = 0; row < p->out_height; row++)
        for (ptrdiff_t column = 0; column < p->out_width; column++) {
            const ptrdiff_t at = (row * p->out_width + column) * p->channels;
            const ptrdiff_t top = row * p->stride_height - p->pad_height, left = column * p->stride_width - p->pad_width;
            float *corner = dx + (top * p->width + left) * p->channels;
            for (ptrdiff_t channel = first; channel < last; channel++)
                corner[shifts[places[at + channel]] + channel] += slopes[at + channel];
        }
}

/* dx: the sums of the gradients of those maxima that were found there. Threads share images, or the channels of few. */
int netdef_maxima_back(const struct pooling *p, const uint8_t *places, const float *slopes, float *dx)
{
    const ptrdiff_t shares = p->images < p->threads ? least(p->threads, p->channels) : 1;
    const ptrdiff_t found = p->out_height * p->out_width * p->channels, numbers = p->height * p->width * p->channels;
#pragma omp parallel for num_threads(p->threads) schedule(static)
    for (ptrdiff_t i = 0; i < p->images * shares; i++) {
        const ptrdiff_t image = i / shares, share = i % shares;
        lead_back(p, places + image * found, slopes + image * found, cut(p->channels, share, shares),
                  cut(p->channels, share + 1, shares), dx + image * numbers);
    }
    return 0;
}
