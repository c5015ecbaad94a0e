/* Winograd's minimal filtering F(4, 3) along one axis: four outputs of a kernel of three from six products.

   Six inputs and three kernel elements are polynomials; their product is found from its values at the points 0, ±a, ±b
   and infinity. With a = √½ and b = √2 rounding is a quarter of what it is with the usual 1 and 2; a · b is 1.
   Source: Winograd, Arithmetic Complexity of Computations, 1980; Lavin and Gray, Fast Algorithms for Convolutional
   Neural Networks, 2015; Barabasz et al., Error Analysis and Improving the Accuracy of Winograd Convolution, 2018. */

#ifndef NETDEF_WINOGRAD_POINTS_H
#define NETDEF_WINOGRAD_POINTS_H

#include "vector.h"

enum { OUTPUTS = 4, KERNEL = 3, POINTS = 6 };

#define A 0.70710678118654752440f
#define B 1.41421356237309504880f
#define A2 0.5f
#define B2 2.0f
#define A3 (A2 * A)
#define B3 (B2 * B)
#define SUM 2.5f          /* a² + b² */
#define AT_A (-2.0f / 3)  /* 1 / (2a²(a² - b²)): the share of a point in the product */
#define AT_B (1.0f / 6)   /* 1 / (2b²(b² - a²)) */

/* The values of six inputs. */
INLINE void points_of_inputs(const vector x[POINTS], vector v[POINTS])
{
    const vector even_a = x[4] - B2 * x[2], odd_a = A * (x[3] - B2 * x[1]);
    const vector even_b = x[4] - A2 * x[2], odd_b = B * (x[3] - A2 * x[1]);
    v[0] = x[0] - SUM * x[2] + x[4];
    v[1] = even_a + odd_a;
    v[2] = even_a - odd_a;
    v[3] = even_b + odd_b;
    v[4] = even_b - odd_b;
    v[5] = x[1] - SUM * x[3] + x[5];
}

/* The four outputs, from the product's values. */
INLINE void outputs_of_points(const vector v[POINTS], vector y[OUTPUTS])
{
    const vector even_a = v[1] + v[2], odd_a = v[1] - v[2], even_b = v[3] + v[4], odd_b = v[3] - v[4];
    y[0] = v[0] + even_a + even_b;
    y[1] = A * odd_a + B * odd_b;
    y[2] = A2 * even_a + B2 * even_b;
    y[3] = A3 * odd_a + B3 * odd_b + v[5];
}

/* The gradients of the values, from those of the four outputs. */
INLINE void points_of_slopes(const vector y[OUTPUTS], vector v[POINTS])
{
    const vector even_a = y[0] + A2 * y[2], odd_a = A * (y[1] + A2 * y[3]);
    const vector even_b = y[0] + B2 * y[2], odd_b = B * (y[1] + B2 * y[3]);
    v[0] = y[0];
    v[1] = even_a + odd_a;
    v[2] = even_a - odd_a;
    v[3] = even_b + odd_b;
    v[4] = even_b - odd_b;
    v[5] = y[3];
}

/* The values of three elements of a kernel, times the points' shares. */
INLINE void points_of_kernel(const vector g[KERNEL], vector v[POINTS])
{
    const vector even_a = AT_A * (g[0] + A2 * g[2]), odd_a = AT_A * A * g[1];
    const vector even_b = AT_B * (g[0] + B2 * g[2]), odd_b = AT_B * B * g[1];
    v[0] = g[0];
    v[1] = even_a + odd_a;
    v[2] = even_a - odd_a;
    v[3] = even_b + odd_b;
    v[4] = even_b - odd_b;
    v[5] = g[2];
}

/* The gradients of three elements, from those of their values. */
INLINE void kernel_of_points(const vector v[POINTS], vector g[KERNEL])
{
    const vector even_a = AT_A * (v[1] + v[2]), odd_a = AT_A * A * (v[1] - v[2]);
    const vector even_b = AT_B * (v[3] + v[4]), odd_b = AT_B * B * (v[3] - v[4]);
    g[0] = v[0] + even_a + even_b;
    g[1] = odd_a + odd_b;
    g[2] = A2 * even_a + B2 * even_b + v[5];
}

#endif
