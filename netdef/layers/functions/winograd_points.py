"""Winograd's minimal filtering F(4, 3) along one axis: four outputs of a kernel of three from six products.

Six inputs and three kernel elements are polynomials; their product is found from its values at the points 0, ±a, ±b and
infinity. With a = √½ and b = √2 rounding is a quarter of what it is with the usual 1 and 2. Each function here takes
and fills lists of views that count along that axis; ``scratch`` are two tensors of the shape of one of them.
Source: Winograd, Arithmetic Complexity of Computations, 1980; Lavin and Gray, Fast Algorithms for Convolutional Neural
Networks, 2015; Barabasz et al., Error Analysis and Improving the Accuracy of Winograd Convolution, 2018 (points).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

OUTPUTS, KERNEL = 4, 3
POINTS = OUTPUTS + KERNEL - 1
A, B = 0.5**0.5, 2.0**0.5
SUM = A**2 + B**2  # and A · B is 1

Views = Sequence[Tensor]


def kernel_values() -> list[list[float]]:
    """Return 6×3: what each element of a kernel adds to its value at each point, over that point's share."""
    at_a, at_b = 2 * A**2 * (A**2 - B**2), 2 * B**2 * (B**2 - A**2)
    finite = [[1 / share, x / share, x**2 / share] for x, share in ((A, at_a), (-A, at_a), (B, at_b), (-B, at_b))]
    return [[1.0, 0.0, 0.0], *finite, [0.0, 0.0, 1.0]]


def input_values(inputs: Views, values: Views, scratch: Views) -> None:
    """Fill the values at the points, from six inputs."""
    x0, x1, x2, x3, x4, x5 = inputs
    even, odd = scratch
    for first, square, root in ((1, B**2, A), (3, A**2, B)):
        torch.sub(x4, x2, alpha=square, out=even)
        torch.sub(x3, x1, alpha=square, out=odd)
        torch.add(even, odd, alpha=root, out=values[first])
        torch.sub(even, odd, alpha=root, out=values[first + 1])
    torch.sub(x0, x2, alpha=SUM, out=values[0]).add_(x4)
    torch.sub(x1, x3, alpha=SUM, out=values[5]).add_(x5)


def outputs(values: Views, results: Views, scratch: Views) -> None:
    """Fill the four outputs, from the product's values at the points."""
    v0, v1, v2, v3, v4, v5 = values
    at_a, at_b = scratch
    torch.add(v1, v2, out=at_a)
    torch.add(v3, v4, out=at_b)
    torch.add(v0, at_a, out=results[0]).add_(at_b)
    torch.mul(at_a, A**2, out=results[2]).add_(at_b, alpha=B**2)
    torch.sub(v1, v2, out=at_a)
    torch.sub(v3, v4, out=at_b)
    torch.mul(at_a, A, out=results[1]).add_(at_b, alpha=B)
    torch.add(v5, at_a, alpha=A**3, out=results[3]).add_(at_b, alpha=B**3)


def output_slopes(slopes: Views, values: Views, scratch: Views) -> None:
    """Fill the gradients at the points, from those of the four outputs: the transpose of ``outputs``."""
    y0, y1, y2, y3 = slopes
    even, odd = scratch
    for first, root in ((1, A), (3, B)):
        torch.add(y0, y2, alpha=root**2, out=even)
        torch.add(y1, y3, alpha=root**2, out=odd)
        torch.add(even, odd, alpha=root, out=values[first])
        torch.sub(even, odd, alpha=root, out=values[first + 1])
    values[0].copy_(y0)
    values[5].copy_(y3)


def input_slopes(values: Views, slopes: Views, following: Views, scratch: Views) -> None:
    """Fill the gradients of four inputs and add those of the two that ``following`` tiles have too.

    The transpose of ``input_values``: tiles of six inputs overlap by two.
    """
    v0, v1, v2, v3, v4, v5 = values
    at_a, at_b = scratch
    torch.add(v1, v2, out=at_a)
    torch.add(v3, v4, out=at_b)
    torch.mul(v0, -SUM, out=slopes[2]).sub_(at_a, alpha=B**2).sub_(at_b, alpha=A**2)
    slopes[0].copy_(v0)
    following[0].add_(v0).add_(at_a).add_(at_b)
    torch.sub(v1, v2, out=at_a).mul_(A)
    torch.sub(v3, v4, out=at_b).mul_(B)
    torch.sub(v5, at_a, alpha=B**2, out=slopes[1]).sub_(at_b, alpha=A**2)
    torch.add(at_a, at_b, out=slopes[3]).sub_(v5, alpha=SUM)
    following[1].add_(v5)
