/* What a matrix gets of a product's gradient: Σ_n dy[n, o] · x[n, i], over all lines n. */

#include "product.h"
#include "threads.h"

#define TILE 1024 /* inputs of a tile, of which the lines stay in the caches while all outputs are found */

struct outer {
    int64_t lines, outputs, inputs, threads;
};

static const float zeros[PANEL];

/* Inputs from ``first`` to ``last``, no fewer than PANEL, of a block of outputs; the last panel begins early. */
static void find_block(const struct outer *p, ptrdiff_t output, ptrdiff_t rows, ptrdiff_t first, ptrdiff_t last,
                       const float *dy, const float *x, float *dw)
{
    const struct window window = {1, 1, p->lines, 1, 0, 0, p->outputs, p->inputs};
    const struct finish finish = {p->inputs, 0, 0};
    for (ptrdiff_t next = first; next < last; next += PANEL) {
        const ptrdiff_t input = least(next, last - PANEL);
        multiply_block(rows, PANEL, &window, &finish, dy + output, x + input, zeros, 0, dw + output * p->inputs + input);
    }
}

static void find_outputs(const struct outer *p, ptrdiff_t from, ptrdiff_t to, const float *dy, const float *x, float *dw)
{
    for (ptrdiff_t first = 0; first < p->inputs; first += TILE)
        for (ptrdiff_t output = from; output < to; output += ROWS)
            find_block(p, output, least(to - output, ROWS), first, least(first + TILE, p->inputs), dy, x, dw);
}

int netdef_outer(const struct outer *p, const float *dy, const float *x, float *dw)
{
#pragma omp parallel for num_threads(p->threads) schedule(static, 1)
    for (ptrdiff_t i = 0; i < p->threads; i++)
        find_outputs(p, cut(p->outputs, i, p->threads), cut(p->outputs, i + 1, p->threads), dy, x, dw);
    return 0;
}
