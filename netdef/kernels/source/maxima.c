/* The maxima of windows, and the way back to where they were found. Channels lie together. */

#include "bytes.h"
#include "pooling.h"

struct range {
    ptrdiff_t first, end;
};

/* Places in a window, row by row, a byte each. */
INLINE mask load_places(const uint8_t *from, ptrdiff_t count)
{
    uint8_t some[LANES] = {0};
    if (count >= LANES)
        return numbers_of(from);
    memcpy(some, from, count);
    return numbers_of(some);
}

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

/* Where a vector of channels begins: the last one is moved back to be whole, and finds some numbers once more. */
INLINE ptrdiff_t start_of(ptrdiff_t channel, ptrdiff_t channels)
{
    return channels < LANES ? 0 : least(channel, channels - LANES);
}

/* The part of window ``index`` that lies on an axis of so many places. */
INLINE struct range seen(ptrdiff_t index, ptrdiff_t stride, ptrdiff_t pad, ptrdiff_t kernel, ptrdiff_t length)
{
    const ptrdiff_t start = index * stride - pad;
    return (struct range){start < 0 ? 0 : start, least(start + kernel, length)};
}

/* The windows, of so many, that see a place. */
INLINE struct range seeing(ptrdiff_t place, ptrdiff_t stride, ptrdiff_t pad, ptrdiff_t kernel, ptrdiff_t windows)
{
    const ptrdiff_t before = place + pad - kernel + 1;
    return (struct range){before > 0 ? (before + stride - 1) / stride : 0, least((place + pad) / stride + 1, windows)};
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

static void write_slope(const struct pooling *p, const float *slopes, const uint8_t *places, ptrdiff_t row,
                        ptrdiff_t column, float *dx)
{
    const struct range rows = seeing(row, p->stride_height, p->pad_height, p->kernel_height, p->out_height);
    const struct range columns = seeing(column, p->stride_width, p->pad_width, p->kernel_width, p->out_width);
    for (ptrdiff_t next = 0; next < p->channels; next += LANES) {
        const ptrdiff_t channel = start_of(next, p->channels), count = p->channels - channel;
        vector sum = {0};
        for (ptrdiff_t i = rows.first; i < rows.end; i++)
            for (ptrdiff_t j = columns.first; j < columns.end; j++) {
                const ptrdiff_t at = (i * p->out_width + j) * p->channels + channel;
                const ptrdiff_t down = row + p->pad_height - i * p->stride_height;
                const ptrdiff_t right = column + p->pad_width - j * p->stride_width;
                const mask here = load_places(places + at, count) == (int32_t)(down * p->kernel_width + right);
                sum += (vector)((mask)load_some(slopes + at, count) & here);
            }
        store_some(dx + channel, sum, count);
    }
}

/* dx: the sums of the gradients of those maxima that were found there. */
int netdef_maxima_back(const struct pooling *p, const uint8_t *places, const float *slopes, float *dx)
{
#pragma omp parallel for num_threads(p->threads) schedule(static)
    for (ptrdiff_t line = 0; line < p->images * p->height; line++) {
        const ptrdiff_t image = line / p->height * p->out_height * p->out_width * p->channels;
        for (ptrdiff_t column = 0; column < p->width; column++)
            write_slope(p, slopes + image, places + image, line % p->height, column,
                        dx + (line * p->width + column) * p->channels);
    }
    return 0;
}
