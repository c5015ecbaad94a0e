from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError
from tests.layers.contract import check_layer, context, make, numbers

EPS, FRACTION = float(np.float32(1e-5)), float(np.float32(0.999))  # as the message holds them
SUMS = (numbers(3, seed=1), numbers(3, seed=2).abs(), torch.tensor([4.0], dtype=torch.float64))


def test_training_normalizes_by_the_batch() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("BatchNorm", train=True), x, state=SUMS)
    want = np.zeros_like(y)
    for c in range(3):
        values = [float(x[n, c, h, w]) for n, h, w in np.ndindex(2, 4, 5)]
        mean = sum(values) / 40
        variance = sum((value - mean) ** 2 for value in values) / 40
        want[:, c] = (x.numpy()[:, c] - mean) / np.sqrt(variance + EPS)
    np.testing.assert_allclose(y, want)


def test_training_adds_to_the_sums_and_leaves_the_old_ones() -> None:
    x = numbers(2, 3, 4, 5)
    made = make("BatchNorm", "batch_norm_param { moving_average_fraction: 0.5 }", train=True)
    ctx = context(made, SUMS)
    made.forward(ctx, (), x)
    assert ctx.new_state is not None
    means, variances, factor = ctx.new_state
    channels = x.numpy().transpose(1, 0, 2, 3).reshape(3, 40)
    np.testing.assert_allclose(means, 0.5 * SUMS[0].numpy() + channels.mean(1))
    np.testing.assert_allclose(variances, 0.5 * SUMS[1].numpy() + channels.var(1) * 40 / 39)
    assert factor.tolist() == [3]
    assert SUMS[2].tolist() == [4]


def test_testing_normalizes_by_the_sums_and_keeps_them() -> None:
    x = numbers(2, 3, 4, 5)
    made = make("BatchNorm", "batch_norm_param { eps: 0.5 }")
    (y,), _ = check_layer(made, x, state=SUMS)
    mean, variance = SUMS[0].numpy() / 4, SUMS[1].numpy() / 4
    want = (x.numpy() - mean[:, None, None]) / np.sqrt(variance + 0.5)[:, None, None]
    np.testing.assert_allclose(y, want)
    ctx = context(made, SUMS)
    made.forward(ctx, (), x)
    assert ctx.new_state is None


def test_sums_of_nothing_are_zero() -> None:
    x = numbers(2, 3, 4, 5)
    (y,), _ = check_layer(make("BatchNorm"), x, state=(SUMS[0], SUMS[1], torch.zeros(1, dtype=torch.float64)))
    np.testing.assert_allclose(y, x.numpy() / np.sqrt(EPS))


def test_a_single_value_a_channel_is_its_own_mean() -> None:
    made = make("BatchNorm", train=True)
    ctx = context(made, SUMS)
    (y,) = made.forward(ctx, (), numbers(1, 3))
    assert not y.any()
    assert ctx.new_state is not None
    np.testing.assert_allclose(ctx.new_state[1], FRACTION * SUMS[1].numpy())


@pytest.mark.parametrize(
    ("options", "train", "by_batch"),
    [
        ("", True, True),
        ("", False, False),
        ("use_global_stats: true", True, False),
        ("use_global_stats: false", False, True),
    ],
)
def test_the_phase_decides_unless_the_file_does(options: str, train: bool, by_batch: bool) -> None:
    made = make("BatchNorm", f"batch_norm_param {{ {options} }}", train=train)
    assert made.uses_batch_statistics is by_batch
    ctx = context(made, SUMS)
    made.forward(ctx, (), numbers(2, 3, 4, 5))
    assert (ctx.new_state is not None) is by_batch


def test_the_sums_are_blobs_of_the_weights_file() -> None:
    specs = make("BatchNorm").state((None, 7, 4, 5))
    assert [(spec.shape, spec.saved) for spec in specs] == [((7,), True), ((7,), True), ((1,), True)]


def test_statistics_do_not_learn() -> None:
    with pytest.raises(OptionError, match="lr_mult is 1, must be 0: statistics are not learned") as caught:
        make("BatchNorm", "param { lr_mult: 0 } param { lr_mult: 1 }")
    assert caught.value.path == ("param", 1, "lr_mult")


def test_a_bottom_without_channels_is_refused() -> None:
    with pytest.raises(ShapeError, match="bottom is 4, must have at least 2 axes: items and channels"):
        make("BatchNorm").shapes((4,))


def test_a_batch_of_nothing_leaves_the_sums_as_they_are() -> None:
    made = make("BatchNorm", train=True)
    ctx = context(made, SUMS)
    (y,) = made.forward(ctx, (), numbers(0, 3, 2))
    assert y.shape == (0, 3, 2)
    assert ctx.new_state is None
