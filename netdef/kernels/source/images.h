/* Convolutions of images whose channels lie together: what each call tells. */

#ifndef NETDEF_IMAGES_H
#define NETDEF_IMAGES_H

#include "threads.h"
#include "vector.h"

/* Images of N×H×W places, and the floats from one place to the next; ``channels`` and ``outputs`` are of one group. */
struct convolution {
    int64_t images, groups, threads;
    int64_t height, width, channels, place;
    int64_t out_height, out_width, outputs, out_place;
    int64_t kernel_height, kernel_width, pad_height, pad_width, stride_height, stride_width, line_step, tap_step;
    int64_t addend_place, rectify;
};

/* Whether threads share panels of kernels rather than places: where that is as even, and kernels are the more. */
INLINE int share_panels(ptrdiff_t panels, ptrdiff_t places, ptrdiff_t kernels, ptrdiff_t inputs, ptrdiff_t threads)
{
    const double by_panel = (double)rounded_up(panels, threads) / panels;
    const double by_place = (double)rounded_up(places, threads) / places;
    return by_panel < by_place || (by_panel == by_place && kernels > inputs);
}

#endif
