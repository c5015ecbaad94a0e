/* Rows of pixels in the opposite order. */

#ifndef NETDEF_TURNED_H
#define NETDEF_TURNED_H

#include "vector.h"

#include <immintrin.h>

#define SIXTEEN 16 /* bytes are turned at a time, as many of them as make whole pixels */

/* Where each of them comes from. */
INLINE __m128i turned_places(ptrdiff_t channels)
{
    uint8_t places[SIXTEEN] = {0};
    for (ptrdiff_t i = 0; i < SIXTEEN / channels * channels; i++)
        places[i] = (uint8_t)(SIXTEEN - (i / channels + 1) * channels + i % channels);
    return _mm_loadu_si128((const void *)places);
}

/* Write ``width`` bytes, pixels of ``channels`` each, 16 at most; behind them 16 more may be overwritten. */
INLINE void turn(uint8_t *to, const uint8_t *from, ptrdiff_t width, ptrdiff_t channels, __m128i places)
{
    const ptrdiff_t bytes = SIXTEEN / channels * channels;
    for (; width >= SIXTEEN; width -= bytes, to += bytes) {
        const __m128i last = _mm_loadu_si128((const void *)(from + width - SIXTEEN));
        _mm_storeu_si128((void *)to, _mm_shuffle_epi8(last, places));
    }
    for (; width > 0; width -= channels, to += channels)
        memcpy(to, from + width - channels, channels);
}

#endif
