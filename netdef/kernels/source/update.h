/* Updates of parameters, in one pass over them, their gradients and histories. */

#ifndef NETDEF_UPDATE_H
#define NETDEF_UPDATE_H

#include <stddef.h>
#include <stdint.h>

/* Options of all rules; those that a rule has not are zero. */
struct update {
    int64_t tensors, threads;
    double rate, decay, momentum, delta;
};

/* What a rule does with so many numbers of a parameter, of its gradient and of its histories. */
typedef void rule(const struct update *u, ptrdiff_t count, float *w, const float *g, float *const *histories);

enum { MOST_HISTORIES = 2 };

/* A gradient with the decay's part; without decay a parameter that is no number leaves it as it is. */
static inline float slope_of(float g, float decay, float w) { return decay == 0 ? g : g + decay * w; }

/* Share all numbers between threads. ``sizes`` has one for each tensor; ``tensors`` the addresses of all parameters,
   then of all gradients, then of all histories of the first kind, and so on. */
void update_all(const struct update *u, const int64_t *sizes, float *const *tensors, ptrdiff_t kinds, rule *update);

#endif
