/* Threads of a team, each on a processor of its own while they work. */

#ifndef NETDEF_APART_H
#define NETDEF_APART_H

#include <stddef.h>

/* Keep the threads of a team apart, if the process may use just as many processors; else do nothing.

   Threads that have slept may wake on one processor while another is idle. Since they then take turns, the system sees
   nothing to even out, and kernels that share work take twice as long and more. */
int hold_apart(ptrdiff_t threads);

/* Let the threads that are held run anywhere that the process may. */
void let_go(ptrdiff_t threads);

#endif
