#include "product.h"

#define PARAMETERS                                                                                                     \
    ptrdiff_t outputs, const struct window *window, const struct finish *finish, const float *x, const float *w,       \
        const float *bias, const float *addend, float *y
#define ARGUMENTS outputs, window, finish, x, w, bias, addend, y

/* The accumulators have names of their own: compilers leave arrays of them in memory. */
#if ROWS == 14
#define EACH_ROW(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13)
#define EACH_COUNT(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14)
#else
#define EACH_ROW(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5)
#define EACH_COUNT(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6)
#endif

INLINE void finished(vector sum, ptrdiff_t count, const struct finish *finish, const float *addend, float *y)
{
    if (addend)
        sum += load_some(addend, count);
    store_some(y, finish->rectify ? rectified(sum) : sum, count);
}

/* Have a line of outputs come to the cache while its sums are found. */
INLINE void fetch(const float *line, const int wide)
{
    __builtin_prefetch(line, 1);
    if (wide)
        __builtin_prefetch(line + LANES, 1);
}

INLINE void multiply(const int rows, const int wide, PARAMETERS)
{
    const ptrdiff_t place = window->place, step = window->step, weights = window->weights;
    const vector bias0 = load(bias), bias1 = wide ? load(bias + LANES) : bias0;
    const float *ahead = window->ahead ? window->ahead : w;
    const ptrdiff_t ahead_step = window->ahead_step;
#define BEGIN(r)                                                                                                       \
    vector left##r = bias0, right##r = bias1;                                                                          \
    if (rows > r) {                                                                                                    \
        fetch(y + r * finish->place, wide);                                                                            \
        if (addend)                                                                                                    \
            fetch(addend + r * finish->addend_place, wide);                                                            \
    }
    EACH_ROW(BEGIN)
    for (ptrdiff_t line = 0; line < window->lines; line++)
        for (ptrdiff_t tap = 0; tap < window->taps; tap++) {
            const float *from = x + line * window->line + tap * window->tap;
            for (ptrdiff_t i = window->depth; i > 0; i--) {
                const vector w0 = load(w), w1 = wide ? load(w + LANES) : w0;
#define ADD(r)                                                                                                         \
    if (rows > r) {                                                                                                    \
        const float factor = from[r * place];                                                                          \
        left##r += w0 * factor;                                                                                        \
        if (wide)                                                                                                      \
            right##r += w1 * factor;                                                                                   \
    }
                EACH_ROW(ADD)
                from += step;
                w += weights;
                __builtin_prefetch(ahead, 0, 2);
                ahead += ahead_step;
            }
        }
#define FINISH(r)                                                                                                      \
    if (rows > r) {                                                                                                    \
        const float *also = addend ? addend + r * finish->addend_place : addend;                                       \
        finished(left##r, outputs, finish, also, y + r * finish->place);                                               \
        if (wide)                                                                                                      \
            finished(right##r, outputs - LANES, finish, also ? also + LANES : also, y + r * finish->place + LANES);    \
    }
    EACH_ROW(FINISH)
}

#define DEFINE(rows)                                                                                                   \
    static void narrow##rows(PARAMETERS) { multiply(rows, 0, ARGUMENTS); }                                             \
    static void wide##rows(PARAMETERS) { multiply(rows, 1, ARGUMENTS); }
EACH_COUNT(DEFINE)

typedef void block(PARAMETERS);
#define NARROW(rows) narrow##rows,
#define WIDE(rows) wide##rows,
static block *const narrow[] = {EACH_COUNT(NARROW)};
static block *const wide[] = {EACH_COUNT(WIDE)};

void multiply_block(ptrdiff_t places, PARAMETERS)
{
    (outputs > LANES ? wide : narrow)[places - 1](ARGUMENTS);
}
