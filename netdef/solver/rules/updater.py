"""The update of all parameters of a net after each iteration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress

import torch
from torch import Tensor
from torch.autograd.graph import increment_version

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.block import Block, blocks
from netdef.solver.rules.group import Group, grouped
from netdef.solver.rules.kernel_limit import KernelLimit
from netdef.solver.rules.registry import rule_of
from netdef.solver.rules.regularize import decay_squares, regularizer_of
from netdef.solver.rules.scale import GradientScale
from netdef.solver.rules.zeros import none_missing


class Updater:
    """Updates a net's learnable parameters in place, in Caffe's order of arithmetic.

    Once an iteration: the gradients are clipped, divided by iter_size, weight decay is added (× decay_mult),
    the solver type's rule makes updates of them (rate × lr_mult), and w ← w − update. Then each of the ``limits`` is
    kept.

    ``histories`` are the rule's tensors in the order of Caffe's snapshots: one for each parameter, in the
    parameters' order; for types with two kinds all of the first, then all of the second. To resume, copy into them.

    ``keep_updates`` leaves what was subtracted in the gradients' tensors, as Caffe leaves it in the diffs; else
    their values after a step are undefined, and kernels are used where there are such. ``norm`` gives the norm
    of all gradients together, for clipping, where the parameters are but parts of the net's.

    Raises: OptionError for a solver's option that its type refuses.
    """

    def __init__(
        self,
        solver: schema.SolverParameter,
        parameters: Sequence[Tensor],
        lr_mults: Sequence[float],
        decay_mults: Sequence[float],
        *,
        keep_updates: bool = False,
        norm: Callable[[Sequence[Tensor]], Tensor] | None = None,
        limits: Sequence[KernelLimit] = (),
    ) -> None:
        self._rule = rule_of(solver)
        self._regularize = regularizer_of(solver)
        self._scale = GradientScale.from_solver(solver)
        self._keep_updates = keep_updates
        self._norm = norm
        self._limits = limits
        self._parameters = [parameter.detach() for parameter in parameters]  # so that no update is for autograd to see
        self._strides = [parameter.stride() for parameter in parameters]
        kinds = [[torch.zeros_like(own) for own in self._parameters] for _ in range(self._rule.history_kinds)]
        decays = [solver.weight_decay * mult for mult in decay_mults]
        self._groups = list(grouped(self._parameters, kinds, lr_mults, decays))
        self._by_kernel = [self._has_kernel(group) for group in self._groups]
        by_kernel = compress(self._groups, self._by_kernel)
        self._written_by_kernels = [own for group in by_kernel for own in group.parameters]
        self.histories = [history for kind in kinds for history in kind]

    def step(self, gradients: Sequence[Tensor | None], rate: float, iteration: int) -> None:
        """Update every parameter from its gradient, summed over the iter_size batches; None stands for zero.

        ``rate`` is the learning rate of this ``iteration``, which counts from 0. The gradients are used up, and
        must not share memory.
        """
        prepared = self._prepared(gradients)
        factor = self._scale.factor(prepared, self._norm)
        for group, by_kernel in zip(self._groups, self._by_kernel, strict=True):
            own = [prepared[index] for index in group.indexes]
            if factor != 1:
                torch._foreach_mul_(own, factor)
            update = self._update_by_kernel if by_kernel else self._update_by_rule
            update(group, own, rate * group.lr_mult, iteration)
        increment_version(self._written_by_kernels)  # which do not count as writing
        self._keep_limits()

    def rates(self, rate: float, iteration: int) -> list[float]:
        """Return what ``step_there`` takes for an iteration: a number for each group of parameters."""
        return [self._rule.corrected(rate * group.lr_mult, iteration) for group in self._groups]

    def room_for_rates(self) -> list[Tensor]:
        """Return tensors for what ``rates`` gives, each where its group of parameters lies."""
        return [group.parameters[0].new_zeros(()) for group in self._groups]

    def step_there(self, gradients: Sequence[Tensor | None], rates: Sequence[Tensor]) -> None:
        """Do what ``step`` does by ``rates`` that are tensors: nothing waits for a device, so that it can be recorded.

        There must be one device, with whole parameters on it.
        """
        prepared = self._prepared(gradients)
        factor = self._scale.factor_there(prepared)
        for group, rate in zip(self._groups, rates, strict=True):
            own = [prepared[index] for index in group.indexes]
            if isinstance(factor, Tensor) or factor != 1:
                torch._foreach_mul_(own, factor)
            for block in blocks(group, own):
                self._update_there(block, group.decay, rate)
        self._keep_limits()

    def _keep_limits(self) -> None:
        for limit in self._limits:
            limit.keep()

    def _update_there(self, block: Block, decay: float, rate: Tensor) -> None:
        if decay:
            self._regularize(block.gradients, block.parameters, decay)
        if self._rule.rate_in_history:
            torch._foreach_mul_(block.gradients, rate)
        tensors, _ = self._rule.updates(block.gradients, block.histories, 1.0, 0)
        if not self._rule.rate_in_history:
            torch._foreach_mul_(tensors, rate)
        torch._foreach_sub_(block.parameters, tensors)

    def _prepared(self, gradients: Sequence[Tensor | None]) -> list[Tensor]:
        """Return a gradient for each parameter, laid out as it is unless its own tensor has to take the update."""
        prepared = none_missing(gradients, self._parameters)
        if self._keep_updates or [gradient.stride() for gradient in prepared] == self._strides:
            return prepared
        pairs = zip(prepared, self._parameters, strict=True)
        return [torch.empty_like(parameter).copy_(gradient) for gradient, parameter in pairs]

    def _update_by_kernel(self, group: Group, gradients: list[Tensor], rate: float, iteration: int) -> None:
        self._rule.step_by_kernel(
            group.parameters, gradients, group.histories, rate=rate, decay=group.decay, iteration=iteration
        )

    def _update_by_rule(self, group: Group, gradients: list[Tensor], rate: float, iteration: int) -> None:
        for block in blocks(group, gradients):
            self._update_block(block, rate, group.decay, iteration)

    def _update_block(self, block: Block, rate: float, decay: float, iteration: int) -> None:
        if decay:
            self._regularize(block.gradients, block.parameters, decay)
        tensors, factor = self._rule.updates(block.gradients, block.histories, rate, iteration)
        if not self._keep_updates:
            torch._foreach_sub_(block.parameters, tensors, alpha=factor)
            return
        if tensors is not block.gradients:
            torch._foreach_copy_(block.gradients, tensors)
        if factor != 1:
            torch._foreach_mul_(block.gradients, factor)
        torch._foreach_sub_(block.parameters, block.gradients)

    def _has_kernel(self, group: Group) -> bool:
        """Tell whether there is a kernel for the whole update of a group."""
        kernels_decay = group.decay == 0 or self._regularize is decay_squares
        kernel_is_there = kernels_decay and self._rule.has_kernel(group.parameters[0])
        return kernel_is_there and group.dense and not self._keep_updates
