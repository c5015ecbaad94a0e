"""A net that finds maxima of convolutions at once learns what one does that runs each layer by itself."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from netdef.layers.functions.convolved_maxima import maxima as find
from tests.chains import IMAGES, RELU, C, convolution, maxima
from tests.compiled import kernels
from tests.module.test_joined_layers import check, learn, pair
from tests.nets import numbers

__all__ = ["kernels"]

HALVED = maxima("kernel_size: 2 stride: 2")
NETS = {
    "maxima": (C, HALVED, convolution("p", "d")),
    "rectified": (C, RELU, maxima("kernel_size: 3 stride: 2")),
    "no bias": (convolution("x", "c", "bias_term: false"), HALVED),
    "one behind the other": (
        C,
        RELU,
        HALVED,
        convolution("p", "d"),
        maxima("kernel_size: 2 stride: 2", "d").replace('"p"', '"q"'),
    ),
}
OTHERS = {
    "groups": (convolution("x", "c", "group: 2"), HALVED),
    "holes": (convolution("x", "c", "dilation: 2"), HALVED),
    "slope": (C, RELU.replace("type", "relu_param { negative_slope: 0.1 } type", 1), HALVED),
    "maxima of all": (C, maxima("global_pooling: true")),
    "windows of padding alone": (C, maxima("kernel_size: 3 stride: 4 pad: 2")),
    "nothing goes down": (C, HALVED.replace("type", "propagate_down: false type", 1), convolution("p", "d")),
}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """The bottoms of what was found at once."""
    seen: list[tuple[int, ...]] = []

    def count(x: Tensor, *given: Any, **named: Any) -> Tensor:
        seen.append(tuple(x.shape))
        return find(x, *given, **named)

    monkeypatch.setattr("netdef.module.convolved_maxima.maxima", count)
    return seen


@pytest.mark.parametrize("name", NETS)
def test_maxima_that_are_found_at_once_learn_the_same(name: str, kernels: str, at_once: list[tuple[int, ...]]) -> None:
    check(pair(IMAGES, *NETS[name], dtype=torch.float32), numbers(2, 4, 7, 5))
    assert at_once[0] == (2, 4, 7, 5)
    assert len(at_once) == (6 if name == "one behind the other" else 3)


@pytest.mark.parametrize("name", OTHERS)
def test_others_run_one_after_the_other(name: str, kernels: str, at_once: list[tuple[int, ...]]) -> None:
    check(pair(IMAGES, *OTHERS[name], dtype=torch.float32), numbers(2, 4, 7, 5))
    assert at_once == []


@pytest.mark.parametrize("name", [*NETS, *OTHERS])
def test_without_kernels_the_same_is_learned(name: str, at_once: list[tuple[int, ...]]) -> None:
    check(pair(IMAGES, *(NETS | OTHERS)[name]), numbers(2, 4, 7, 5, dtype=torch.float64))
    assert at_once == []


def test_what_is_convolved_is_there_when_it_is_asked_for(kernels: str, at_once: list[tuple[int, ...]]) -> None:
    check(pair(IMAGES, *NETS["rectified"], dtype=torch.float32), numbers(2, 4, 7, 5), "c")
    assert at_once == []


def test_a_repeated_run_is_equal_to_the_last_bit(kernels: str) -> None:
    x = numbers(2, 4, 7, 5)
    again = (pair(IMAGES, *NETS["rectified"], dtype=torch.float32)[0] for _ in range(2))
    runs = [[learn(found, x)[1] for _ in range(3)] for found in again]
    for first, second in zip(*runs, strict=True):
        assert all(map(torch.equal, first, second))
