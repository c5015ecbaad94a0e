/* The maxima of windows of a convolution's outputs: these are found image by image, and stay in the cache. */

#include "chosen.h"
#include "convolve.h"
#include "scratch.h"

/* w, bias: as netdef_convolve takes them; ``between``: room for the convolution of one image a thread; y: the maxima,
   rectified if wanted; places: where in their windows they were found. */
int netdef_convolve_maxima(const struct convolved_maxima *task, const float *x, const float *w, const float *bias,
                           float *between, float *y, uint8_t *places)
{
    const struct convolution *c = &task->c;
    const struct pooling *p = &task->p;
    const ptrdiff_t numbers = c->height * c->width * c->place, found = p->out_height * p->out_width * p->channels;
    const ptrdiff_t threads = c->threads, convolved = c->out_height * c->out_width * c->out_place;
#pragma omp parallel for num_threads(threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < threads; i++)
        for (ptrdiff_t image = cut(c->images, i, threads); image < cut(c->images, i + 1, threads); image++) {
            convolve_image(c, x + image * numbers, w, bias, between + i * convolved);
            maxima_of_image(p, between + i * convolved, y + image * found, places + image * found);
        }
    return shortage();
}
