/* Vectors of floats as wide as the processor's registers, in the language extensions of GCC and Clang. */

#ifndef NETDEF_VECTOR_H
#define NETDEF_VECTOR_H

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

/* The first numbers of a vector, and zeros. */
INLINE vector load_some(const float *from, ptrdiff_t count)
{
    float some[LANES] = {0};
    if (count >= LANES)
        return load(from);
    for (ptrdiff_t i = 0; i < count; i++)
        some[i] = from[i];
    return load(some);
}

INLINE void store_some(float *to, vector value, ptrdiff_t count)
{
    float some[LANES];
    if (count >= LANES) {
        store(to, value);
        return;
    }
    store(some, value);
    for (ptrdiff_t i = 0; i < count; i++)
        to[i] = some[i];
}

/* max(0, value), and what is not a number stays so. */
INLINE vector rectified(vector value) { return (vector)((mask)value & ~(value < 0)); }

INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

INLINE ptrdiff_t rounded_up(ptrdiff_t a, ptrdiff_t b) { return (a + b - 1) / b * b; }

/* At least so many floats: lines so far apart fall on all parts of the caches. */
INLINE ptrdiff_t odd_lines(ptrdiff_t floats) { return (rounded_up(floats, LANES) / LANES | 1) * LANES; }

#endif
