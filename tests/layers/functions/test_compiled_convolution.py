from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from netdef.layers.functions.compiled_convolution import CompiledConvolution, task_of, widened
from netdef.layers.windows import Windows
from tests.compiled import kernels, needs_kernels
from tests.nets import numbers

__all__ = ["kernels"]

ONCE, PADDED = (1, 1), (1, 1)
# bottom, outputs, groups, kernel, stride, pad, dilation
CASES = {
    "1×1": ((2, 5, 7, 9), 33, 1, ONCE, ONCE, (0, 0), ONCE),
    "1×1 over many places": ((3, 16, 30, 31), 16, 1, ONCE, ONCE, (0, 0), ONCE),
    "1×1 with steps": ((2, 6, 9, 8), 70, 1, ONCE, (2, 3), (0, 0), ONCE),
    "places whose numbers fall on the same lines of the cache": ((1, 512, 5, 7), 65, 1, ONCE, ONCE, (0, 0), ONCE),
    "3×3, padded": ((2, 4, 9, 6), 40, 1, (3, 3), ONCE, PADDED, ONCE),
    "groups": ((2, 6, 9, 6), 40, 2, (3, 3), ONCE, PADDED, ONCE),
    "one channel": ((3, 1, 28, 28), 20, 1, (5, 5), ONCE, (0, 0), ONCE),
    "large steps": ((1, 3, 47, 51), 96, 1, (11, 11), (4, 4), (0, 0), ONCE),
    "dilated": ((1, 3, 12, 13), 17, 1, (3, 2), (1, 2), (2, 3), (2, 3)),
    "more padding than image": ((1, 2, 1, 2), 8, 1, (3, 5), ONCE, (2, 3), ONCE),
    "padding above and below alone": ((2, 8, 6, 7), 31, 1, (3, 1), ONCE, (1, 0), ONCE),
    "windows wholly in the padding": ((1, 3, 2, 2), 9, 1, (2, 2), (3, 3), (4, 4), ONCE),
}


def images(*shape: int, seed: int = 0) -> Tensor:
    return numbers(*shape, seed=seed).contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("case", CASES)
def test_numbers_are_those_of_torch(case: str, kernels: str) -> None:
    shape, outputs, groups, kernel, stride, pad, dilation = CASES[case]
    x, weight, bias = images(*shape), numbers(outputs, shape[1] // groups, *kernel, seed=1), numbers(outputs, seed=2)
    convolution = CompiledConvolution(weight, bias, Windows(kernel, stride, pad, dilation), groups)
    exact = functional.conv2d(x.double(), weight.double(), bias.double(), stride, pad, dilation, groups)
    assert convolution.takes(x)
    check(convolution(x), exact)
    addend = images(*exact.shape, seed=3)
    check(convolution(x, addend), exact + addend)
    check(convolution(x, addend, rectify=True), (exact + addend).relu())
    check(convolution(images(1, *shape[1:], seed=4)), plain(images(1, *shape[1:], seed=4), weight, bias, case))


def plain(x: Tensor, weight: Tensor, bias: Tensor, case: str) -> Tensor:
    _, _, groups, _, stride, pad, dilation = CASES[case]
    return functional.conv2d(x.double(), weight.double(), bias.double(), stride, pad, dilation, groups)


def check(y: Tensor, exact: Tensor) -> None:
    assert y.is_contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(y.double(), exact, rtol=0, atol=3e-6 * exact.abs().max().item())


def test_without_a_bias(kernels: str) -> None:
    x, weight = images(2, 4, 5, 6), numbers(9, 4, 1, 1)
    y = CompiledConvolution(weight, None, Windows(ONCE, ONCE, (0, 0), ONCE), 1)(x)
    check(y, functional.conv2d(x.double(), weight.double()))


def test_what_is_not_a_number_stays_so(kernels: str) -> None:
    x, weight = images(1, 4, 2, 2), numbers(40, 4, 1, 1)
    x[0, 2, 1, 0] = torch.nan
    y = CompiledConvolution(weight, None, Windows(ONCE, ONCE, (0, 0), ONCE), 1)(x, rectify=True)
    assert y[0, :, 1, 0].isnan().all()
    assert y.isnan().sum() == 40


@needs_kernels
def test_images_shorter_than_a_window_are_not_taken() -> None:
    x = images(2, 8, 6, 6)
    assert CompiledConvolution(numbers(4, 8, 3, 3), None, Windows((3, 3), ONCE, (0, 0), (2, 2)), 1).takes(x)
    windows = Windows((7, 7), ONCE, (0, 0), (2, 2))  # reaches over 13 places
    assert not CompiledConvolution(numbers(4, 8, 7, 7), None, windows, 1).takes(x)


@needs_kernels
def test_threads_are_as_many_as_the_work_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    windows = Windows((3, 3), ONCE, PADDED, ONCE)
    assert task_of(images(1, 4, 8, 8), 8, windows, 1).threads == 1
    assert task_of(images(4, 32, 16, 16), 64, windows, 1).threads == 8


def test_panels_are_whole_registers(kernels: str) -> None:
    lanes = {"AVX512": 16, "AVX2": 8}[kernels]
    assert [widened(count) for count in (1, lanes, lanes + 1, 2 * lanes, 2 * lanes + 1, 3 * lanes + 1)] == [
        lanes,
        lanes,
        2 * lanes,
        2 * lanes,
        3 * lanes,
        4 * lanes,
    ]
