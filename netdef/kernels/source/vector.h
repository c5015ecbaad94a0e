/* Vectors of floats as wide as the processor's registers, in the language extensions of GCC and Clang, which lack only
   parts of vectors. */

#ifndef NETDEF_VECTOR_H
#define NETDEF_VECTOR_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __AVX512F__
#define LANES 16
#define ROWS 14 /* of a block of products: with PANEL / LANES vectors each they fill the 32 registers */
#else
#define LANES 8
#define ROWS 6 /* of 16 registers */
#endif
#define PANEL (2 * LANES) /* outputs of a block */

#define INLINE static inline __attribute__((always_inline))

typedef float vector __attribute__((vector_size(4 * LANES)));
typedef int32_t mask __attribute__((vector_size(4 * LANES)));
typedef float anywhere __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

INLINE vector load(const float *from) { return *(const anywhere *)from; }

INLINE void store(float *to, vector value) { *(anywhere *)to = value; }

/* The first ``count`` numbers of a vector, or all of them. */
#ifdef __AVX512F__
typedef __mmask16 some;
INLINE some among(ptrdiff_t count) { return count >= LANES ? (some)-1 : (some)((1u << count) - 1); }
INLINE vector load_among(const float *from, some which) { return _mm512_maskz_loadu_ps(which, from); }
INLINE void store_among(float *to, vector value, some which) { _mm512_mask_storeu_ps(to, which, value); }
#else
typedef __m256i some;
INLINE some among(ptrdiff_t count)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE vector load_among(const float *from, some which) { return _mm256_maskload_ps(from, which); }
INLINE void store_among(float *to, vector value, some which) { _mm256_maskstore_ps(to, which, value); }
#endif

/* The first numbers of a vector, and zeros. */
INLINE vector load_some(const float *from, ptrdiff_t count)
{
    return count >= LANES ? load(from) : load_among(from, among(count));
}

INLINE void store_some(float *to, vector value, ptrdiff_t count)
{
    if (count >= LANES)
        store(to, value);
    else
        store_among(to, value, among(count));
}

/* max(0, value), and what is not a number stays so. */
INLINE vector rectified(vector value) { return (vector)((mask)value & ~(value < 0)); }

INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

INLINE ptrdiff_t rounded_up(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b * b; }

/* At least so many floats: lines so far apart fall on all parts of the caches. */
INLINE ptrdiff_t odd_lines(ptrdiff_t floats) { return (rounded_up(floats, LANES) / LANES | 1) * LANES; }

#endif
