from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.layers.contract import Array, check_layer, make, numbers

T, N, H = 4, 3, 2
CONT = torch.tensor([[1.0, 0, 1], [1, 1, 1], [0, 1, 1], [1, 1, 1]], dtype=torch.float64)
HIDDEN = numbers(1, N, H, seed=2)


def unrolled(x: Array, params: list[Array], static: Array | None, h: Array) -> tuple[Array, Array]:
    """Return outputs T×N×H and the last hidden numbers N×H, one number at a time."""
    weight, bias, *others = params
    still = others.pop(0) if static is not None else None
    onward, outward, outward_bias = others
    y = np.zeros((T, N, H))
    for t in range(T):
        before, h = h, np.zeros((N, H))
        for n, j in np.ndindex(N, H):
            total = bias[j] + sum(weight[j] * x[t, n].flatten())
            total += sum(onward[j, k] * float(CONT[t, n]) * before[n, k] for k in range(H))
            if still is not None and static is not None:
                total += sum(still[j] * static[n].flatten())
            h[n, j] = np.tanh(total)
        for n, j in np.ndindex(N, H):
            y[t, n, j] = np.tanh(outward_bias[j] + sum(outward[j] * h[n]))
    return y, h


@pytest.mark.parametrize("shape", [(5,), (2, 3)])
@pytest.mark.parametrize("with_static", [False, True])
def test_sequences_by_loops(shape: tuple[int, ...], with_static: bool) -> None:
    x, static = numbers(T, N, *shape), [numbers(N, 7, seed=1)] * with_static
    made = make("RNN", f"recurrent_param {{ num_output: {H} }}", bottoms=2 + with_static)
    (y,), params = check_layer(made, x, CONT, *static, state=[HIDDEN])
    want, _ = unrolled(x.numpy(), params, static[0].numpy() if with_static else None, HIDDEN.numpy()[0])
    np.testing.assert_allclose(y, want)


def test_exposed_hidden_numbers_by_loops() -> None:
    x = numbers(T, N, 5)
    made = make("RNN", f"recurrent_param {{ num_output: {H} expose_hidden: true }}", bottoms=3, tops=2)
    (y, last), params = check_layer(made, x, CONT, HIDDEN)
    want, want_last = unrolled(x.numpy(), params, None, HIDDEN.numpy()[0])
    np.testing.assert_allclose(y, want)
    np.testing.assert_allclose(last[0], want_last)


def test_parameters_stand_in_the_order_of_caffe() -> None:
    options = 'num_output: 2 weight_filler { type: "xavier" } bias_filler { value: 1 }'
    made = make("RNN", f"recurrent_param {{ {options} }}", bottoms=3)
    specs = made.parameters((None, 3, 5), (None, 3), (3, 7))
    assert [spec.shape for spec in specs] == [(2, 5), (2,), (2, 7), (2, 2), (2, 2), (2,)]
    assert [spec.filler.type for spec in specs if len(spec.shape) == 2] == ["xavier"] * 4
    assert [spec.filler.value for spec in specs if len(spec.shape) == 1] == [1, 1]
