from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.layers.functions.winograd_choice import pays, suits


def images(*shape: int) -> Tensor:
    return torch.zeros(shape).contiguous(memory_format=torch.channels_last)


def test_float32_on_a_cpu_with_channels_last_suits() -> None:
    x, weight = images(2, 8, 6, 6), torch.nn.Parameter(images(4, 8, 3, 3))
    assert suits(x, weight)
    assert not suits(x.double(), weight.double())
    assert not suits(x, weight.double())
    assert not suits(x.contiguous(), weight)
    assert not suits(x.to("meta"), weight)


@pytest.mark.parametrize(
    ("shape", "outputs", "groups", "faster"),
    [
        ((8, 256, 56, 56), 256, 1, True),
        ((16, 64, 56, 56), 192, 1, True),
        ((8, 64, 224, 224), 64, 1, False),  # few channels: to find the values takes as long as to multiply them
        ((32, 384, 13, 13), 256, 2, False),
        ((1, 512, 7, 7), 512, 1, False),  # few tiles for many kernels
        ((0, 256, 56, 56), 256, 1, False),
    ],
)
def test_it_pays_where_channels_and_tiles_are_many(
    shape: tuple[int, ...], outputs: int, groups: int, *, faster: bool
) -> None:
    assert pays(images(*shape), outputs, 1, groups) is faster


def test_with_many_threads_it_pays_later(monkeypatch: pytest.MonkeyPatch) -> None:
    grouped = images(32, 384, 13, 13)
    found = []
    for threads in (1, 2):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        found.append(pays(grouped, 384, 1, 2))
    assert found == [True, False]


def test_kernels_that_are_kept_and_gradients_make_it_pay_earlier() -> None:
    small = images(3, 512, 14, 14)
    assert not pays(small, 512, 1, 1)
    assert pays(small, 512, 1, 1, kept=True)
    grouped = images(32, 384, 13, 13)
    assert pays(grouped, 384, 1, 2)
    with torch.no_grad():
        assert not pays(grouped, 384, 1, 2)
