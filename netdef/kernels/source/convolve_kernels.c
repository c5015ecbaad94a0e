/* Kernels as convolutions take them: the numbers of a panel of outputs side by side. */

#include "images.h"
#include "product.h"

/* Kernels of ``line`` numbers each, and as many groups and outputs of each. */
struct kernels {
    int64_t groups, outputs, line;
};

/* Numbers ``first`` to ``first + width`` of lines that are ``apart``, line by line. */
static void turn(const float *from, ptrdiff_t apart, ptrdiff_t lines, ptrdiff_t length, float *to)
{
    const ptrdiff_t width = width_of(lines);
    for (ptrdiff_t i = 0; i < length; i++) {
        for (ptrdiff_t line = 0; line < lines; line++)
            to[i * width + line] = from[line * apart + i];
        for (ptrdiff_t line = lines; line < width; line++)
            to[i * width + line] = 0;
    }
}

/* w: for each group and panel of outputs, lines × width_of(outputs of the panel); b: as wide, zeros if bias is null. */
int netdef_convolve_kernels(const struct kernels *k, const float *weight, const float *bias, float *w, float *b)
{
    static const float zeros[PANEL];
    for (ptrdiff_t group = 0; group < k->groups; group++)
        for (ptrdiff_t start = 0; start < k->outputs; start += PANEL) {
            const ptrdiff_t outputs = least(PANEL, k->outputs - start), first = group * k->outputs + start;
            turn(weight + first * k->line, k->line, outputs, k->line, w);
            turn(bias ? bias + first : zeros, 1, outputs, 1, b);
            w += k->line * width_of(outputs);
            b += width_of(outputs);
        }
    return 0;
}
