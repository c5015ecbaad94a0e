from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.errors import UsageError
from netdef.graph.graph import Parameter
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.kernel_limit import KernelLimit, kernel_limits
from netdef.solver.rules.updater import Updater


def sizes(weight: Tensor) -> list[float]:
    """The root mean square of each kernel."""
    return [float(kernel.square().mean().sqrt()) for kernel in weight.detach()]


def weight() -> Tensor:
    """Three kernels of 2×2×1 values, whose root mean squares are 0.5, 2 and 0."""
    tensor = torch.tensor([[0.5, -0.5, 0.5, 0.5], [1.0, -1, 1, 13**0.5], [0, 0, 0, 0]]).view(3, 2, 2, 1)
    return tensor.requires_grad_()


def parameter(shape: tuple[int, ...], **given: float) -> Parameter:
    return Parameter("conv", 0, shape, None, True, given.get("lr_mult", 1.0), 1.0, max_rms=given.get("max_rms", 1.5))


def test_only_kernels_that_are_too_large_shrink_and_keep_their_direction() -> None:
    own = weight()
    KernelLimit(own.detach(), 1.5).keep()
    assert sizes(own) == pytest.approx([0.5, 1.5, 0])
    torch.testing.assert_close(own.detach()[0], weight().detach()[0])
    torch.testing.assert_close(own.detach()[1], weight().detach()[1] * 0.75)


def test_kernels_with_channels_last_are_the_same() -> None:
    one, other = weight().detach(), weight().detach().contiguous(memory_format=torch.channels_last)
    for own in (one, other):
        KernelLimit(own, 0.1).keep()
    torch.testing.assert_close(one, other)
    assert sizes(one) == pytest.approx([0.1, 0.1, 0])


def test_parameters_that_have_a_limit_and_learn_keep_it() -> None:
    shape = (3, 2, 2, 1)
    stored = [
        (parameter(shape), weight()),
        (parameter(shape, max_rms=0.0), weight()),
        (parameter(shape, lr_mult=0.0), weight()),
        (parameter((6, 2, 2, 1), max_rms=0.25), weight()),  # a part with the half of the kernels
    ]
    assert [(limit.most, limit.weight.data_ptr()) for limit in kernel_limits(stored)] == [
        (1.5, stored[0][1].data_ptr()),
        (0.25, stored[3][1].data_ptr()),
    ]


def test_kernels_in_pieces_are_refused() -> None:
    with pytest.raises(UsageError, match=r'kernels of blob 0 of layer "conv" are cut in pieces\n    leave max_rms out'):
        list(kernel_limits([(parameter((3, 4, 2, 1)), weight())]))


@pytest.mark.parametrize("keep_updates", [False, True])
@pytest.mark.parametrize("there", [False, True])
def test_the_limit_holds_after_the_update(there: bool, keep_updates: bool) -> None:
    own, free = weight(), weight()
    gradients = [torch.full_like(own, 4.0), torch.full_like(own, 4.0)]
    solver = schema.SolverParameter(momentum=0.9)
    limits = [KernelLimit(own.detach(), 0.25)]
    updater = Updater(solver, [own, free], [1.0] * 2, [1.0] * 2, keep_updates=keep_updates, limits=limits)
    if there:
        updater.step_there(gradients, [torch.tensor(rate) for rate in updater.rates(0.5, 0)])
    else:
        updater.step(gradients, 0.5, 0)
    moved = weight().detach() - 2
    torch.testing.assert_close(free.detach(), moved)
    shrunk = torch.stack([kernel * 0.25 / size for kernel, size in zip(moved, sizes(moved), strict=True)])
    torch.testing.assert_close(own.detach(), shrunk)
