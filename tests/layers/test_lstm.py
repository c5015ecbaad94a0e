from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from tests.layers.contract import Array, check_layer, make, numbers

T, N, H = 4, 3, 2
CONT = torch.tensor([[1.0, 0, 1], [1, 1, 1], [0, 1, 1], [1, 1, 1]], dtype=torch.float64)
HIDDEN = [numbers(1, N, H, seed=2), numbers(1, N, H, seed=3)]


def sigma(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def unrolled(x: Array, params: list[Array], static: Array | None) -> tuple[Array, Array, Array]:
    """Return outputs T×N×H and the last h and c, N×H, one number at a time."""
    weight, bias, *others = params
    still = others.pop(0) if static is not None else None
    (onward,) = others
    h, c = (blob.numpy()[0] for blob in HIDDEN)
    y = np.zeros((T, N, H))
    for t in range(T):
        before, h, c = h, np.zeros((N, H)), c.copy()
        for n in range(N):
            gates = [
                bias[row] + sum(weight[row] * x[t, n].flatten()) + sum(onward[row] * before[n] * float(CONT[t, n]))
                for row in range(4 * H)
            ]
            if still is not None and static is not None:
                gates = [gate + sum(still[row] * static[n].flatten()) for row, gate in enumerate(gates)]
            for j in range(H):
                i, f, o, g = gates[j::H]
                c[n, j] = float(CONT[t, n]) * sigma(f) * c[n, j] + sigma(i) * math.tanh(g)
                h[n, j] = sigma(o) * math.tanh(c[n, j])
        y[t] = h
    return y, h, c


@pytest.mark.parametrize("shape", [(5,), (2, 3)])
@pytest.mark.parametrize("with_static", [False, True])
def test_sequences_by_loops(shape: tuple[int, ...], with_static: bool) -> None:
    x, static = numbers(T, N, *shape), [numbers(N, 7, seed=1)] * with_static
    made = make("LSTM", f"recurrent_param {{ num_output: {H} }}", bottoms=2 + with_static)
    (y,), params = check_layer(made, x, CONT, *static, state=HIDDEN)
    want, _, _ = unrolled(x.numpy(), params, static[0].numpy() if with_static else None)
    np.testing.assert_allclose(y, want)


def test_exposed_hidden_numbers_by_loops() -> None:
    x = numbers(T, N, 5)
    made = make("LSTM", f"recurrent_param {{ num_output: {H} expose_hidden: true }}", bottoms=4, tops=3)
    tops, params = check_layer(made, x, CONT, *HIDDEN)
    y, h, c = unrolled(x.numpy(), params, None)
    for top, want in zip(tops, (y, h[None], c[None]), strict=True):
        np.testing.assert_allclose(top, want)


def test_parameters_stand_in_the_order_of_caffe() -> None:
    options = 'num_output: 2 weight_filler { type: "xavier" } bias_filler { value: 1 }'
    made = make("LSTM", f"recurrent_param {{ {options} }}", bottoms=3)
    specs = made.parameters((None, 3, 5), (None, 3), (3, 7))
    assert [spec.shape for spec in specs] == [(8, 5), (8,), (8, 7), (8, 2)]
    assert [spec.filler.type for spec in specs if len(spec.shape) == 2] == ["xavier"] * 3
    assert specs[1].filler.value == 1
