/* How much the caches of this processor hold. */

#ifndef NETDEF_CACHES_H
#define NETDEF_CACHES_H

#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#define SECOND_CACHE (1 << 20) /* bytes, where nothing is known */

/* Bytes of the second cache. They are asked for once: on a virtual machine the processor's answer takes microseconds. */
static inline ptrdiff_t second_cache(void)
{
    static _Atomic ptrdiff_t known = 0;
    ptrdiff_t bytes = known;
    if (!bytes) {
#ifdef _SC_LEVEL2_CACHE_SIZE
        bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
        known = bytes = bytes > 0 ? bytes : SECOND_CACHE;
    }
    return bytes;
}

#endif
