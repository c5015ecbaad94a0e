"""What LSTM and RNN share, seen with the RNN."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError, WiringError
from netdef.layers.base import Layer, StateSpec
from tests.layers.contract import context, gradients, make, numbers, random_params, run

T, N, D, H = 4, 3, 5, 2
X, CONT = numbers(T, N, D), torch.tensor([[1.0, 0, 1], [1, 1, 1], [0, 1, 1], [1, 1, 1]], dtype=torch.float64)
HIDDEN = numbers(1, N, H, seed=2)


def recurrent(options: str = "", *, bottoms: int = 2, tops: int = 1, kind: str = "RNN") -> Layer:
    return make(kind, f"recurrent_param {{ num_output: {H} {options} }}", bottoms=bottoms, tops=tops)


def test_passes_in_a_row_compute_what_one_long_pass_does() -> None:
    made = recurrent()
    params = random_params(made, X, CONT)
    (whole,) = run(made, X, CONT, params=params, state=[HIDDEN])
    state, tops = [HIDDEN], []
    for steps in (slice(0, 1), slice(1, 4)):
        ctx = context(made, state)
        tops.append(made.forward(ctx, params, X[steps], CONT[steps])[0])
        assert ctx.new_state is not None
        assert ctx.state is state
        state = list(ctx.new_state)
    np.testing.assert_allclose(torch.cat(tops), whole)
    assert state[0].shape == (1, N, H)
    assert not state[0].requires_grad


def test_state_is_no_blob_of_weights_files_and_is_there_unless_exposed() -> None:
    assert recurrent().state((T, None, D), (T, N)) == (StateSpec((1, N, H), saved=False),)
    assert recurrent(kind="LSTM").state((T, None, D), (None, None)) == (StateSpec((1, None, H)),) * 2
    assert recurrent("expose_hidden: true", bottoms=3, tops=2).state((T, N, D), (T, N), (1, N, H)) == ()


def test_a_batch_of_other_sequences_begins_anew() -> None:
    made = recurrent()
    params = random_params(made, X, CONT)
    fresh = run(made, X[:, :2], CONT[:, :2], params=params, state=[torch.zeros(1, 2, H).double()])
    np.testing.assert_array_equal(run(made, X[:, :2], CONT[:, :2], params=params, state=[HIDDEN]), fresh)


def test_exposed_hidden_blobs_come_in_and_go_out_without_gradients() -> None:
    made = recurrent("expose_hidden: true", bottoms=3, tops=2)
    params = random_params(made, X, CONT, HIDDEN)
    y, last = run(made, X, CONT, HIDDEN, params=params)
    np.testing.assert_array_equal(y, run(recurrent(), X, CONT, params=params, state=[HIDDEN])[0])
    assert last.shape == (1, N, H)
    dx, _, dh = gradients(made, X, CONT, HIDDEN, params=params)
    assert dx.any()
    assert not dh.any()
    ctx = context(made)
    assert not made.forward(ctx, params, X.clone().requires_grad_(), CONT, HIDDEN)[1].requires_grad
    assert ctx.new_state is None


def test_only_sequences_and_the_static_bottom_take_gradients() -> None:
    plain, static = recurrent(), recurrent(bottoms=3)
    assert [plain.takes_gradient(bottom) for bottom in (0, 1)] == [True, False]
    assert [static.takes_gradient(bottom) for bottom in range(3)] == [True, False, True]
    exposed = recurrent("expose_hidden: true", bottoms=3, tops=2)
    assert [exposed.takes_gradient(bottom) for bottom in range(3)] == [True, False, False]
    both = recurrent("expose_hidden: true", bottoms=4, tops=2)
    assert [both.takes_gradient(bottom) for bottom in range(4)] == [True, False, True, False]


def test_multiplications_are_those_of_each_step_and_once_the_static() -> None:
    plain = H * D + H * H + H * H
    assert recurrent().macs((T, N, D), (T, N)) == T * N * plain
    assert recurrent(bottoms=3).macs((T, N, D), (T, N), (N, 7)) == T * N * plain + N * H * 7
    assert recurrent().macs((None, N, D), (None, N)) is None


def test_unknown_lengths_are_carried_on() -> None:
    assert recurrent().shapes((None, N, None), (T, None)) == ((T, N, H),)
    assert recurrent().parameters((None, None, None), (None, None))[0].shape == (H, None)


def test_wires_that_do_not_fit_are_refused() -> None:
    with pytest.raises(WiringError, match=r"has 1 top .*, makes exactly 2"):
        recurrent("expose_hidden: true", bottoms=3)
    with pytest.raises(WiringError, match=r"has 2 bottoms .*, takes 4 to 5"):
        recurrent("expose_hidden: true", tops=3, kind="LSTM")
    with pytest.raises(OptionError, match="num_output is 0, must be at least 1") as caught:
        make("LSTM", bottoms=2)
    assert caught.value.path == ("recurrent_param", "num_output")


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        (((4, 3), (4, 3)), "bottom 0 is 4×3, must have at least 3 axes: steps, sequences and features"),
        (((4, 3, 5), (4, 2)), "bottom 1 is 4×2, must be as the first two axes of bottom 0, 4×3×5"),
        (((4, 3, 5), (4, 3), (2, 7), (1, 3, 2)), "bottom 2 is 2×7, must have at least 2 axes, the first of 3: one for"),
        (((4, 3, 5), (4, 3), (3,), (1, 3, 2)), "bottom 2 is 3, must have at least 2 axes, the first of 3: one for"),
        (((4, 3, 5), (4, 3), (3, 7), (1, 3, 4)), "bottom 3 is 1×3×4, must have the shape 1×3×2"),
    ],
)
def test_bottoms_that_do_not_fit_are_refused(shapes: tuple[tuple[int, ...], ...], words: str) -> None:
    made = recurrent("expose_hidden: true", bottoms=4, tops=2) if len(shapes) > 2 else recurrent()
    with pytest.raises(ShapeError, match=words):
        made.shapes(*shapes)
