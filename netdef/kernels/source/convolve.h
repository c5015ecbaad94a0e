/* A convolution of one image, by the thread that asks for it. */

#ifndef NETDEF_CONVOLVE_H
#define NETDEF_CONVOLVE_H

#include "images.h"

/* y = bias + Σ w · x, rectified if wanted, as netdef_convolve has them; it takes the thread's scratch. */
void convolve_image(const struct convolution *c, const float *x, const float *w, const float *bias, float *y);

#endif
