/* Memory that each thread keeps for what lies between. */

#ifndef NETDEF_SCRATCH_H
#define NETDEF_SCRATCH_H

#include <stddef.h>

/* At least so many floats at an address that vectors like; null where there is no memory. They last until the thread's
   next call. */
float *scratch(size_t floats);

/* Whether any thread has been without memory since this was last asked: what kernels return. */
int shortage(void);

#endif
