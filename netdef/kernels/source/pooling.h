/* Windows of pooling: what each call tells, and where they lie. Channels lie together. */

#ifndef NETDEF_POOLING_H
#define NETDEF_POOLING_H

#include "vector.h"

struct pooling {
    int64_t images, channels, height, width, out_height, out_width;
    int64_t kernel_height, kernel_width, stride_height, stride_width, pad_height, pad_width, threads, rectify;
};

/* The maxima of one image, rectified if wanted; ``places``, which may be null: where in their windows they were found. */
void maxima_of_image(const struct pooling *p, const float *image, float *y, uint8_t *places);

struct range {
    ptrdiff_t first, end;
};

/* The part of window ``index`` that lies on an axis of so many places. */
INLINE struct range seen(ptrdiff_t index, ptrdiff_t stride, ptrdiff_t pad, ptrdiff_t kernel, ptrdiff_t length)
{
    const ptrdiff_t start = index * stride - pad;
    return (struct range){start < 0 ? 0 : start, least(start + kernel, length)};
}

/* Where a vector of channels begins: the last one is moved back to be whole, and finds some numbers once more. */
INLINE ptrdiff_t start_of(ptrdiff_t channel, ptrdiff_t channels)
{
    return channels < LANES ? 0 : least(channel, channels - LANES);
}

#endif
