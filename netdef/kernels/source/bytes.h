/* What the language's vectors lack: bytes as floats, and writing past the caches. */

#ifndef NETDEF_BYTES_H
#define NETDEF_BYTES_H

#include "vector.h"

#include <immintrin.h>

INLINE vector floats_of(const uint8_t *from)
{
#ifdef __AVX512F__
    return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)from)));
#else
    return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)from)));
#endif
}

/* Write to the memory itself, where a vector must begin at a multiple of its size: whole lines only, or it is slow. */
INLINE void stream(float *to, vector value)
{
#ifdef __AVX512F__
    _mm512_stream_ps(to, value);
#else
    _mm256_stream_ps(to, value);
#endif
}

/* Let what was streamed be seen before what is written from now on. */
INLINE void end_streams(void) { _mm_sfence(); }

#endif
