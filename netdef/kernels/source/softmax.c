/* Softmax of rows whose numbers lie together: y = e^(x - m) / Σ e^(x - m), m the largest. */

#include "threads.h"
#include "vector.h"

#include <math.h>

struct rows {
    int64_t rows, numbers, threads;
};

/* e^x for x of 0 and less: 2^n · e^r for a whole n and |r| ≤ ln 2 / 2, by Taylor's series; 0 where it has no exponent. */
INLINE vector exponential(vector x)
{
    const mask none = x < -87;
    const vector bound = (vector)(((mask)x & ~none) | ((mask)((vector){0} - 87) & none));
    vector whole = bound * 1.44269504f, value = (vector){0} + 1.0f / 5040;
    for (int i = 0; i < LANES; i++)
        whole[i] = rintf(whole[i]);
    const vector rest = (bound - whole * 0.693359375f) + whole * 2.12194440e-4f; /* ln 2 in two parts */
    value = value * rest + 1.0f / 720;
    value = value * rest + 1.0f / 120;
    value = value * rest + 1.0f / 24;
    value = value * rest + 1.0f / 6;
    value = value * rest + 0.5f;
    value = value * rest + 1;
    value = value * rest + 1;
    const mask power = (__builtin_convertvector(whole, mask) + 127) << 23;
    return (vector)((mask)(value * (vector)power) & ~none);
}

static float largest(const float *x, ptrdiff_t numbers)
{
    float most = x[0];
    for (ptrdiff_t i = 1; i < numbers; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

static void write_row(ptrdiff_t numbers, const float *x, float *y)
{
    const float most = largest(x, numbers);
    double sum = 0;
    for (ptrdiff_t i = 0; i < numbers; i += LANES) {
        const vector value = exponential(load_some(x + i, numbers - i) - most);
        store_some(y + i, value, numbers - i);
        for (ptrdiff_t lane = 0; lane < least(LANES, numbers - i); lane++)
            sum += value[lane];
    }
    for (ptrdiff_t i = 0; i < numbers; i += LANES)
        store_some(y + i, load_some(y + i, numbers - i) / (float)sum, numbers - i);
}

int netdef_softmax(const struct rows *r, const float *x, float *y)
{
#pragma omp parallel for num_threads(r->threads) schedule(static)
    for (ptrdiff_t row = 0; row < r->rows; row++)
        write_row(r->numbers, x + row * r->numbers, y + row * r->numbers);
    return 0;
}
