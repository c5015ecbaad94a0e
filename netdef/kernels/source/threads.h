/* How work is shared between threads. */

#ifndef NETDEF_THREADS_H
#define NETDEF_THREADS_H

#include <stddef.h>

/* Part ``index`` of ``count`` parts of a range, as equal as can be: its beginning, and with index + 1 its end. */
static inline ptrdiff_t cut(ptrdiff_t range, ptrdiff_t index, ptrdiff_t count) { return range * index / count; }

#endif
