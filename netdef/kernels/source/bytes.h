/* What the language's vectors lack: bytes as numbers, numbers as bytes, and writing past the caches. */

#ifndef NETDEF_BYTES_H
#define NETDEF_BYTES_H

#include "vector.h"

#include <immintrin.h>

INLINE mask numbers_of(const uint8_t *from)
{
#ifdef __AVX512F__
    return (mask)_mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)from));
#else
    return (mask)_mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)from));
#endif
}

INLINE vector floats_of(const uint8_t *from)
{
#ifdef __AVX512F__
    return _mm512_cvtepi32_ps((__m512i)numbers_of(from));
#else
    return _mm256_cvtepi32_ps((__m256i)numbers_of(from));
#endif
}

/* Write numbers below 256 as bytes. */
INLINE void store_bytes(uint8_t *to, mask numbers)
{
#ifdef __AVX512F__
    _mm_storeu_si128((void *)to, _mm512_cvtepi32_epi8((__m512i)numbers));
#else
    const __m256i all = (__m256i)numbers;
    const __m128i halves = _mm_packus_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
    _mm_storel_epi64((void *)to, _mm_packus_epi16(halves, halves));
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
