/* Images whose channels lie one behind the other, laid out so that those of a place lie together. */

#include "threads.h"
#include "vector.h"

#define BLOCK 1024 /* places: few enough for the first cache */

struct planes {
    int64_t images, channels, places, threads;
};

INLINE void interleave(const ptrdiff_t channels, const struct planes *p, const float *x, ptrdiff_t count, float *y)
{
    for (ptrdiff_t place = 0; place < count; place++)
        for (ptrdiff_t channel = 0; channel < channels; channel++)
            y[place * channels + channel] = x[channel * p->places + place];
}

/* With a number of channels that is known the compiler makes vectors of it. */
static void interleave_block(const struct planes *p, const float *x, ptrdiff_t count, float *y)
{
    if (p->channels == 3)
        interleave(3, p, x, count, y);
    else
        interleave(p->channels, p, x, count, y);
}

int netdef_interleave(const struct planes *p, const float *x, float *y)
{
    const ptrdiff_t blocks = (p->places + BLOCK - 1) / BLOCK;
#pragma omp parallel for num_threads(p->threads) schedule(static)
    for (ptrdiff_t i = 0; i < p->images * blocks; i++) {
        const ptrdiff_t image = i / blocks * p->places * p->channels;
        const ptrdiff_t first = cut(p->places, i % blocks, blocks), end = cut(p->places, i % blocks + 1, blocks);
        interleave_block(p, x + image + first, end - first, y + image + first * p->channels);
    }
    return 0;
}
