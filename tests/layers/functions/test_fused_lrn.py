from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from netdef.layers.functions import fused_lrn, lrn
from netdef.layers.functions.fused_lrn import normalized, slopes
from netdef.layers.functions.kernel import Kernel
from netdef.layers.functions.lrn import across_channels
from tests.goldens.nets import layer_cases
from tests.layers.contract import numbers

GOLDEN = Path(__file__).parents[2] / "golden"
OPTIONS = [(5, 2.0, 0.75, 1.5), (3, 1.0, 0.5, 2.0), (9, 0.5, 0.6, 1.0), (1, 1.0, 0.75, 1.0)]


@pytest.fixture
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the formulas in the place of the CPU's own code, and nobody compile them."""
    monkeypatch.setattr(lrn, "by_kernels", lambda x: True)
    for name, formula in (("NORMALIZED", normalized), ("SLOPES", slopes)):
        monkeypatch.setattr(fused_lrn, name, Kernel(formula, lambda given: given))


@pytest.mark.usefixtures("as_written")
@pytest.mark.parametrize(
    "run", [case for case in layer_cases(GOLDEN) if str(getattr(case, "id", "")).startswith("layers/lrn/across")]
)
def test_the_formulas_give_caffes_numbers(run: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    run("cpu")


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("shape", [(2, 7, 3, 4), (2, 3, 4, 5, 6), (1, 2, 3, 4)])
def test_the_formulas_are_those_of_the_cpu(
    shape: tuple[int, ...], options: tuple[int, float, float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    x, given = numbers(*shape), numbers(*shape, seed=1)
    own = x.clone().requires_grad_()
    y = across_channels(own, *options)
    torch.autograd.backward([y], [given])
    torch.testing.assert_close(normalized(x, *options), y.detach())
    torch.testing.assert_close(slopes(x, given, *options), own.grad)


@pytest.mark.usefixtures("as_written")
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_gradients_and_layouts_are_right(layout: torch.memory_format) -> None:
    x = numbers(2, 7, 3, 4).contiguous(memory_format=layout).requires_grad_()
    y = across_channels(x, 5, 2.0, 0.75, 1.5)
    assert y.stride() == x.stride()
    torch.autograd.gradcheck(lambda x: across_channels(x, 5, 2.0, 0.75, 1.5), x)


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_16_bit_floats_are_summed_in_32(dtype: torch.dtype, fused: bool) -> None:
    x = 300 * numbers(2, 7, 3, 4).to(dtype)  # the squares of which float16 does not have
    y = (normalized if fused else across_channels)(x, 5, 1.0, 0.75, 1.0)
    assert y.dtype == (dtype if fused else torch.float32)
    torch.testing.assert_close(y.float(), across_channels(x.float(), 5, 1.0, 0.75, 1.0), rtol=0.01, atol=0.01)


@pytest.mark.usefixtures("as_written")
def test_a_second_derivative_is_refused_rather_than_wrong() -> None:
    x = numbers(1, 3, 2, 2).requires_grad_()
    (slope,) = torch.autograd.grad(across_channels(x, 3, 1.0, 0.75, 1.0).square().sum(), x, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        torch.autograd.backward(slope.sum())


def test_a_gpu_gives_the_same(device: str) -> None:
    if device != "cuda":
        pytest.skip("needs a GPU: --device cuda")
    for layout in (torch.contiguous_format, torch.channels_last):
        x, given = (numbers(2, 96, 5, 7, seed=seed).contiguous(memory_format=layout) for seed in (0, 1))
        here, there = x.clone().requires_grad_(), x.cuda().requires_grad_()
        for each, slope in ((here, given), (there, given.cuda())):
            torch.autograd.backward([across_channels(each, 5, 1e-1, 0.75, 1.0)], [slope])
        assert here.grad is not None
        assert there.grad is not None
        torch.testing.assert_close(there.grad.cpu(), here.grad)
