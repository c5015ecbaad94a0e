/* bfloat16: the upper half of a float. */

#ifndef NETDEF_BFLOAT_H
#define NETDEF_BFLOAT_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t __attribute__((may_alias)) word;

static inline void widen(const uint16_t *from, ptrdiff_t count, float *to)
{
    word *bits = (word *)to;
    for (ptrdiff_t i = 0; i < count; i++)
        bits[i] = (word)from[i] << 16;
}

/* To the nearest, of two that are as near to the even one; what is not a number stays so. */
static inline void narrow(const float *from, ptrdiff_t count, uint16_t *to)
{
    const word *bits = (const word *)from;
    for (ptrdiff_t i = 0; i < count; i++) {
        const word rounded = (bits[i] + 0x7fff + (bits[i] >> 16 & 1)) >> 16;
        to[i] = from[i] == from[i] ? rounded : bits[i] >> 16 | 0x40;
    }
}

#endif
