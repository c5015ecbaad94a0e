/* Windows of images whose channels lie together, of each of which one number is taken. */

#ifndef NETDEF_POOLING_H
#define NETDEF_POOLING_H

#include "vector.h"

struct pooling {
    int64_t images, channels, height, width, out_height, out_width;
    int64_t kernel_height, kernel_width, stride_height, stride_width, pad_height, pad_width, threads, rectify;
};

/* The maxima of one image, rectified if wanted; ``places``, which may be null: where in their windows they were found. */
void maxima_of_image(const struct pooling *p, const float *image, float *y, uint8_t *places);

#endif
