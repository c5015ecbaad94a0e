/* Winograd's minimal filtering along one axis: from six products four outputs of a kernel of three, F(4, 3), or two of
   a kernel of five, F(2, 5).

   Outputs and kernel elements are polynomials; their product is found from its values at the points 0, ±a, ±b and
   infinity, and what six inputs give to the outputs is the transpose of that. With a = √½ and b = √2 rounding is a quarter of what it is with the usual 1 and 2; a · b is 1.
   Source: Winograd, Arithmetic Complexity of Computations, 1980; Lavin and Gray, Fast Algorithms for Convolutional
   Neural Networks, 2015; Barabasz et al., Error Analysis and Improving the Accuracy of Winograd Convolution, 2018. */

#ifndef NETDEF_WINOGRAD_POINTS_H
#define NETDEF_WINOGRAD_POINTS_H

#include "vector.h"

enum { POINTS = 6, MOST_OUTPUTS = 4, LONGEST = 5 };

#define A 0.70710678118654752440f
#define B 1.41421356237309504880f
#define A2 0.5f
#define B2 2.0f
#define SUM 2.5f         /* a² + b² */
#define AT_A (-2.0f / 3) /* 1 / (2a²(a² - b²)): the share of a point in the product */
#define AT_B (1.0f / 6)  /* 1 / (2b²(b² - a²)) */

/* How many outputs, along an axis, a kernel of three or five has in a tile. */
INLINE int outputs_beside(int kernel) { return POINTS + 1 - kernel; }

/* The values of a polynomial of ``count`` coefficients, two to five. */
INLINE void points_of(const int count, const vector x[], vector v[POINTS])
{
    vector even_a = x[0], odd_a = x[1], even_b = x[0], odd_b = x[1];
    if (count > 2) {
        even_a += A2 * x[2];
        even_b += B2 * x[2];
    }
    if (count > 3) {
        odd_a += A2 * x[3];
        odd_b += B2 * x[3];
    }
    if (count > 4) {
        even_a += A2 * A2 * x[4];
        even_b += B2 * B2 * x[4];
    }
    v[0] = x[0];
    v[1] = even_a + A * odd_a;
    v[2] = even_a - A * odd_a;
    v[3] = even_b + B * odd_b;
    v[4] = even_b - B * odd_b;
    v[5] = x[count - 1];
}

/* The transpose of that: sums of what stands at the points, times the powers of these. */
INLINE void sums_of(const int count, const vector v[POINTS], vector y[])
{
    const vector even_a = v[1] + v[2], odd_a = A * (v[1] - v[2]), even_b = v[3] + v[4], odd_b = B * (v[3] - v[4]);
    y[0] = v[0] + even_a + even_b;
    y[1] = odd_a + odd_b;
    if (count > 2)
        y[2] = A2 * even_a + B2 * even_b;
    if (count > 3)
        y[3] = A2 * odd_a + B2 * odd_b;
    if (count > 4)
        y[4] = A2 * A2 * even_a + B2 * B2 * even_b;
    y[count - 1] += v[5];
}

/* Multiply what stands at the points by their shares. */
INLINE void share(vector v[POINTS])
{
    v[1] *= AT_A;
    v[2] *= AT_A;
    v[3] *= AT_B;
    v[4] *= AT_B;
}

/* The values of six inputs: the transpose of how a product's coefficients are found from its values. */
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

#endif
