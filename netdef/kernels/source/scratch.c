#include "scratch.h"

#include <stdatomic.h>
#include <stdlib.h>

#define LINE 64 /* bytes in a line of the cache */

static _Thread_local float *kept;
static _Thread_local size_t size;
static atomic_int lacking;

float *scratch(size_t floats)
{
    const size_t bytes = (floats * sizeof(float) + LINE - 1) / LINE * LINE;
    if (bytes > size) {
        free(kept);
        kept = aligned_alloc(LINE, bytes);
        size = kept ? bytes : 0;
        if (!kept)
            lacking = 1;
    }
    return kept;
}

int shortage(void) { return atomic_exchange(&lacking, 0); }
