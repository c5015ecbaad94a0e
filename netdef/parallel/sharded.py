"""Nets that do not fit: each worker holds a part of every parameter, gradient and history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle

import torch
from torch import Tensor, nn
from torch.distributed import init_device_mesh  # type: ignore[attr-defined]
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor
from torch.nn.utils import get_total_norm

from netdef.errors import UsageError
from netdef.module.layer_module import LayerModule
from netdef.net import Net
from netdef.parallel.cut import fill, part_of, whole_of
from netdef.parallel.lending import Lender
from netdef.solver.replica import Replica
from netdef.solver.workers import Workers


class Sharded(Replica):
    """A net cut by torch's FSDP: a layer's parameters are put together while it computes, and cut up again after.

    Gradients are the mean over the workers, each of which gets its part. Parameters are cut along their first axis.

    Raises: UsageError if the net lies on several devices.
    """

    def __init__(self, net: Net, workers: Workers) -> None:
        super().__init__(net)
        self._workers = workers
        if len(net.devices) > 1:
            raise UsageError(
                "shard: the net lies on several devices already\n"
                "    give either shard in the solver, or devices in the model"
            )
        mesh = init_device_mesh(net.device.type, (workers.count,))
        uses = Counter(parameter for module in net.steps for parameter in module.parameters())
        for parameter in uses:
            parameter.data = parameter.data.contiguous()  # FSDP takes no other layout
        for module in net.steps:
            own = list(module.parameters())
            if own and all(uses[parameter] == 1 for parameter in own):
                fully_shard(module, mesh=mesh)
        self._cut = fully_shard(net, mesh=mesh)  # what several layers share

    @property
    def parts(self) -> list[Tensor]:
        """This worker's part of each parameter."""
        return [part_of(tensor) for tensor in super().parts]

    @property
    def gradients(self) -> list[Tensor | None]:
        """The gradient of each part."""
        return [None if tensor.grad is None else part_of(tensor.grad) for tensor in super().parts]

    def lend_to(self, test_net: Net) -> Callable[[], object]:
        """Have the layers of a test net put their parameters together as those of this net do."""
        return Lender(self.net).lend_to(test_net)

    @contextmanager
    def pass_of(self, *, last: bool) -> Iterator[None]:
        """Surround a forward and backward pass; in all but the ``last`` gradients only add up."""
        self._cut.set_requires_gradient_sync(last)
        yield

    def norm(self, gradients: Sequence[Tensor]) -> Tensor:
        """Return the root of the sum of squares over the parts of all workers."""
        (squares,) = self._workers.totals(float(get_total_norm(gradients)) ** 2)
        return torch.tensor(squares).sqrt()

    @contextmanager
    def whole(self, histories: Sequence[Tensor], *, changing: bool = False) -> Iterator[Sequence[Tensor]]:
        """Have whole parameters, in the host's memory, in the net while the block runs.

        Without ``changing`` only the first worker has them, and the whole histories.
        """
        owners = super().parts
        belonging = list(zip(histories, cycle(owners), strict=False))
        parameters: dict[Tensor, nn.Parameter] = {
            owner: _whole_parameter(owner) for owner in owners if isinstance(owner, DTensor)
        }
        wholes = [whole_of(history, owner) for history, owner in belonging]
        if not (changing or self._workers.leads):
            yield histories
            return
        with ExitStack() as stack:
            for module in self.net.steps:
                stack.enter_context(_holding(module, parameters))
            yield wholes
        if changing:
            for owner, parameter in parameters.items():
                fill(part_of(owner), owner, parameter.detach())
            for (history, owner), whole in zip(belonging, wholes, strict=True):
                fill(history, owner, whole)


def _whole_parameter(cut: Tensor) -> nn.Parameter:
    whole = nn.Parameter(whole_of(part_of(cut), cut), requires_grad=False)
    if cut.grad is not None:
        whole.grad = whole_of(part_of(cut.grad), cut)
    return whole


@contextmanager
def _holding(module: LayerModule, parameters: Mapping[Tensor, nn.Parameter]) -> Iterator[None]:
    """Have a layer hold other parameters in the place of its own."""
    own = dict(module.named_parameters(recurse=False))
    module._parameters.update({name: parameters[parameter] for name, parameter in own.items()})
    try:
        yield
    finally:
        module._parameters.update(own)
