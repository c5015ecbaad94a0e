"""Layers split over the workers, in a net that is otherwise whole in each of them.

Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks", arXiv 1404.5997.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle

import torch
from torch import Tensor
from torch.nn.utils import get_total_norm

from netdef.graph.counterparts import counterparts
from netdef.graph.graph import Parameter
from netdef.layers.channels import Range
from netdef.module.pieces import Pieces, narrowed
from netdef.net import Net
from netdef.parallel.exchange import GroupExchanger
from netdef.parallel.replicated import Replicated
from netdef.solver.replica import nothing
from netdef.solver.workers import Workers


class Hybrid(Replicated):
    """A net of which some layers' channels are shared out among the workers.

    Their gradients are the mean over the workers as they come out of the backward pass; the others' are exchanged.
    """

    def __init__(self, net: Net, workers: Workers, exchanger: GroupExchanger) -> None:
        self._owns = [net.holds_part_of(parameter) for parameter, _ in net.stored()]
        self._lent: list[tuple[Net, dict[Parameter, Parameter]]] = []
        self._exchange = exchanger
        super().__init__(net, workers)

    @property
    def received(self) -> int:
        """How many bytes of rows and channels have come to this worker in passes so far."""
        return self._exchange.received

    def common(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Return those of tensors, one or several for each part, that are the same in all workers."""
        return [tensor for tensor, own in zip(tensors, cycle(self._owns), strict=False) if not own]

    def norm(self, gradients: Sequence[Tensor]) -> Tensor:
        """Return the root of the sum of squares over the gradients of all parameters."""
        own = [gradient for gradient, owned in zip(gradients, self._owns, strict=True) if owned]
        (squares,) = self._workers.totals(float(get_total_norm(own)) ** 2)
        return torch.tensor(squares + float(get_total_norm(self.common(gradients))) ** 2).sqrt()

    def lend_to(self, test_net: Net) -> Callable[[], object]:
        """Let a test net compute, which has whole parameters of its own where this one has parts."""
        pairs = counterparts(test_net.graph, self.net.graph)
        self._lent.append((test_net, {mine: its for mine, its in pairs.items() if self.net.holds_part_of(its)}))
        return nothing

    def prepare_tests(self) -> None:
        """Give the test nets the whole of what is split."""
        wholes = self._wholes()
        for net, pairs in self._lent:
            pieces = net.pieces
            for mine, its in pairs.items():
                pieces[mine].fill(wholes[its].whole())

    @contextmanager
    def whole(self, histories: Sequence[Tensor], *, changing: bool = False) -> Iterator[Sequence[Tensor]]:
        """Have whole parameters in the net while the block runs, and give the whole of each history."""
        stored = [parameter for parameter, _ in self.net.stored()]
        belonging = list(zip(histories, cycle(stored), strict=False))
        wholes = self._wholes()
        joined = [self._joined(history, parameter) for history, parameter in belonging]
        with self.net.holdings.having(wholes):
            yield joined
        if changing:
            own = self.net.pieces
            for parameter, whole in wholes.items():
                own[parameter].fill(whole.whole())
            for (history, parameter), all_of_it in zip(belonging, joined, strict=True):
                history.copy_(narrowed(all_of_it, self._range(parameter)))

    def _wholes(self) -> dict[Parameter, Pieces]:
        return {
            parameter: Pieces((self._whole(parameter, pieces.tensors[0]),), (None,))
            for parameter, pieces in self.net.pieces.items()
            if self.net.holds_part_of(parameter)
        }

    def _whole(self, parameter: Parameter, own: Tensor) -> Tensor:
        whole = self._joined(own.detach(), parameter)
        if own.grad is not None:
            whole.grad = self._joined(own.grad, parameter)
        return whole

    def _joined(self, tensor: Tensor, parameter: Parameter) -> Tensor:
        """Return what the workers' parts are together; a tensor that is none, as it is."""
        own = self._range(parameter)
        if own is None:
            return tensor
        return torch.cat(self._exchange.gathered(tensor.contiguous()).unbind(), own.axis)

    def _range(self, parameter: Parameter) -> Range | None:
        return self.net.plan.held[parameter][0].range
