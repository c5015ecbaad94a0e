"""The update of all parameters of a net after each iteration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.registry import rule_of
from netdef.solver.rules.regularize import regularizer_of
from netdef.solver.rules.scale import GradientScale


@dataclass(frozen=True)
class Group:
    """Parameters that are updated together: those of one lr_mult, one decay_mult, one device and one dtype."""

    lr_mult: float
    decay_mult: float
    indexes: list[int]
    parameters: list[Tensor]
    histories: list[list[Tensor]]


class Updater:
    """Updates a net's learnable parameters in place, in Caffe's order of arithmetic.

    Once an iteration: the gradients are clipped, divided by iter_size, weight decay is added (× decay_mult),
    the solver type's rule makes updates of them (rate × lr_mult), and w ← w − update.

    ``histories`` are the rule's tensors in the order of Caffe's snapshots: one for each parameter, in the
    parameters' order; for types with two kinds all of the first, then all of the second. To resume, copy into them.

    ``keep_updates`` leaves what was subtracted in the gradients' tensors, as Caffe leaves it in the diffs; else
    their values after a step are undefined.

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
    ) -> None:
        self._rule = rule_of(solver)
        self._regularize = regularizer_of(solver)
        self._scale = GradientScale.from_solver(solver)
        self._weight_decay = solver.weight_decay
        self._keep_updates = keep_updates
        self._parameters = [parameter.detach() for parameter in parameters]
        kinds = [[torch.zeros_like(parameter) for parameter in parameters] for _ in range(self._rule.history_kinds)]
        self._groups = _groups(self._parameters, kinds, list(zip(lr_mults, decay_mults, strict=True)))
        self.histories = [history for kind in kinds for history in kind]

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor | None], rate: float, iteration: int) -> None:
        """Update every parameter from its gradient, summed over the iter_size batches; None stands for zero.

        ``rate`` is the learning rate of this ``iteration``, which counts from 0. The gradients are used up.
        """
        present = [
            torch.zeros_like(parameter) if gradient is None else gradient
            for parameter, gradient in zip(self._parameters, gradients, strict=True)
        ]
        factor = self._scale.factor(present)
        for group in self._groups:
            self._update(group, [present[index] for index in group.indexes], factor, rate, iteration)

    def _update(self, group: Group, gradients: list[Tensor], factor: float, rate: float, iteration: int) -> None:
        if factor != 1:
            torch._foreach_mul_(gradients, factor)
        if decay := self._weight_decay * group.decay_mult:
            self._regularize(gradients, group.parameters, decay)
        updates = self._rule.updates(gradients, group.histories, rate * group.lr_mult, iteration)
        torch._foreach_sub_(group.parameters, updates)
        if self._keep_updates and updates is not gradients:
            torch._foreach_copy_(gradients, updates)


def _groups(parameters: list[Tensor], kinds: list[list[Tensor]], multipliers: list[tuple[float, float]]) -> list[Group]:
    members: defaultdict[tuple[float, float, torch.device, torch.dtype], list[int]] = defaultdict(list)
    for index, (parameter, (lr_mult, decay_mult)) in enumerate(zip(parameters, multipliers, strict=True)):
        members[lr_mult, decay_mult, parameter.device, parameter.dtype].append(index)
    return [
        Group(
            lr_mult,
            decay_mult,
            indexes,
            [parameters[index] for index in indexes],
            [[kind[index] for index in indexes] for kind in kinds],
        )
        for (lr_mult, decay_mult, _, _), indexes in members.items()
    ]
