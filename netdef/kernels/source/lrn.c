/* Local response normalization across channels: y = x · s^-beta, s = k + scale · Σ x² over the channels around. */

#include "bfloat.h"
#include "scratch.h"
#include "threads.h"
#include "vector.h"

#include <math.h>

#define BLOCK 512 /* floats worked on at once: with more of them, what is found would leave the first cache */

/* ``ranges`` of so many channels that lie together, each by itself; ``half`` channels at each side count.
   ``slope`` is 2 · beta · scale. With ``narrow`` x, and what goes back to it, are bfloat16; all else are floats. */
struct normalization {
    int64_t ranges, channels, half, threads, narrow;
    double scale, beta, k, slope;
};

/* Lines of numbers with zeros at both ends, as far as windows reach. */
struct lines {
    float *first;
    ptrdiff_t apart;
};

INLINE ptrdiff_t room_of(const struct normalization *n)
{
    return rounded_up(n->channels, LANES) + 2 * rounded_up(n->half, LANES);
}

INLINE ptrdiff_t ranges_at_once(const struct normalization *n)
{
    const ptrdiff_t count = BLOCK / n->channels;
    return count > 1 ? count : 1;
}

static struct lines lines_in(const struct normalization *n, float *room)
{
    const ptrdiff_t floats = room_of(n) * ranges_at_once(n);
    memset(room, 0, floats * sizeof(float));
    return (struct lines){room + rounded_up(n->half, LANES), room_of(n)};
}

INLINE vector roots(vector value)
{
    vector found;
    for (int i = 0; i < LANES; i++)
        found[i] = sqrtf(value[i]);
    return found;
}

/* s^-beta of 1 / s, for a beta of 0.75 or 0.5. */
INLINE vector power(vector inverse, float beta)
{
    const vector root = roots(inverse);
    return beta == 0.75f ? root * roots(root) : root;
}

INLINE vector sum_around(const float *at, ptrdiff_t half)
{
    vector sum = load(at);
    for (ptrdiff_t i = 1; i <= half; i++)
        sum += load(at - i) + load(at + i);
    return sum;
}

static void write_squares(const struct normalization *n, ptrdiff_t ranges, const float *x, struct lines squares)
{
    for (ptrdiff_t range = 0; range < ranges; range++)
        for (ptrdiff_t i = 0; i < n->channels; i += LANES) {
            const vector value = load_some(x + range * n->channels + i, n->channels - i);
            store(squares.first + range * squares.apart + i, value * value);
        }
}

static void normalize(const struct normalization *n, ptrdiff_t ranges, const float *x, struct lines squares, float *y)
{
    const float scale = n->scale, k = n->k, beta = n->beta;
    for (ptrdiff_t range = 0; range < ranges; range++)
        for (ptrdiff_t i = 0; i < n->channels; i += LANES) {
            const ptrdiff_t at = range * n->channels + i, count = n->channels - i;
            const vector inverse = 1 / (k + scale * sum_around(squares.first + range * squares.apart + i, n->half));
            store_some(y + at, load_some(x + at, count) * power(inverse, beta), count);
        }
}

/* dx = dy · s^-beta, and shares = dy · y / s. */
static void go_back(const struct normalization *n, ptrdiff_t ranges, const float *x, const float *dy,
                    struct lines squares, struct lines shares, float *dx)
{
    const float scale = n->scale, k = n->k, beta = n->beta;
    for (ptrdiff_t range = 0; range < ranges; range++)
        for (ptrdiff_t i = 0; i < n->channels; i += LANES) {
            const ptrdiff_t at = range * n->channels + i, count = n->channels - i;
            const vector inverse = 1 / (k + scale * sum_around(squares.first + range * squares.apart + i, n->half));
            const vector own = load_some(dy + at, count) * power(inverse, beta);
            store_some(dx + at, own, count);
            store_some(shares.first + range * shares.apart + i, own * load_some(x + at, count) * inverse, count);
        }
}

static void subtract_shares(const struct normalization *n, ptrdiff_t ranges, const float *x, struct lines shares,
                            float *dx)
{
    const float slope = n->slope;
    for (ptrdiff_t range = 0; range < ranges; range++)
        for (ptrdiff_t i = 0; i < n->channels; i += LANES) {
            const ptrdiff_t at = range * n->channels + i, count = n->channels - i;
            const vector shared = sum_around(shares.first + range * shares.apart + i, n->half);
            store_some(dx + at, load_some(dx + at, count) - slope * load_some(x + at, count) * shared, count);
        }
}

/* The floats from ``at`` on, in their place, or in room for as many as are worked on at once. */
static const float *floats_at(const struct normalization *n, const void *x, ptrdiff_t at, ptrdiff_t count, float *room)
{
    if (!n->narrow)
        return (const float *)x + at;
    widen((const uint16_t *)x + at, count, room);
    return room;
}

static void normalize_part(const struct normalization *n, ptrdiff_t first, ptrdiff_t last, const void *x, float *y)
{
    const ptrdiff_t most = ranges_at_once(n), room = most * room_of(n);
    float *own = scratch(2 * room);
    if (!own)
        return;
    const struct lines squares = lines_in(n, own);
    for (ptrdiff_t next = first; next < last; next += most) {
        const ptrdiff_t at = next * n->channels, few = least(most, last - next);
        const float *from = floats_at(n, x, at, few * n->channels, own + room);
        write_squares(n, few, from, squares);
        normalize(n, few, from, squares, y + at);
    }
}

static void go_back_part(const struct normalization *n, ptrdiff_t first, ptrdiff_t last, const void *x, const float *dy,
                         void *dx)
{
    const ptrdiff_t most = ranges_at_once(n), room = most * room_of(n);
    float *own = scratch(4 * room);
    if (!own)
        return;
    const struct lines squares = lines_in(n, own), shares = lines_in(n, own + room);
    float *wide = own + 2 * room, *wide_slopes = own + 3 * room;
    for (ptrdiff_t next = first; next < last; next += most) {
        const ptrdiff_t at = next * n->channels, few = least(most, last - next), count = few * n->channels;
        const float *from = floats_at(n, x, at, count, wide);
        float *to = n->narrow ? wide_slopes : (float *)dx + at;
        write_squares(n, few, from, squares);
        go_back(n, few, from, dy + at, squares, shares, to);
        subtract_shares(n, few, from, shares, to);
        if (n->narrow)
            narrow(wide_slopes, count, (uint16_t *)dx + at);
    }
}

int netdef_normalize(const struct normalization *n, const void *x, float *y)
{
#pragma omp parallel for num_threads(n->threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < n->threads; i++)
        normalize_part(n, cut(n->ranges, i, n->threads), cut(n->ranges, i + 1, n->threads), x, y);
    return shortage();
}

/* dx = dy · s^-beta - slope · x · Σ dy · y / s over the channels around, with s found anew. */
int netdef_normalize_back(const struct normalization *n, const void *x, const float *dy, void *dx)
{
#pragma omp parallel for num_threads(n->threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < n->threads; i++)
        go_back_part(n, cut(n->ranges, i, n->threads), cut(n->ranges, i + 1, n->threads), x, dy, dx);
    return shortage();
}
