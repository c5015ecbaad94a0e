"""Parameters that are updated together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor


@dataclass(frozen=True)
class Group:
    """Parameters of one lr_mult, one decay, one device and one dtype, with their histories.

    ``decay`` is weight_decay · decay_mult; ``indexes`` are the parameters' places among all; ``histories`` holds one
    list a kind.
    """

    lr_mult: float
    decay: float
    indexes: list[int]
    parameters: list[Tensor]
    histories: list[list[Tensor]]

    @cached_property
    def device_type(self) -> str:
        """The type of device that the group lies on."""
        return self.parameters[0].device.type

    @cached_property
    def dense(self) -> bool:
        """Whether every parameter fills its memory without gaps, its histories laid out as it is."""
        return all(
            history.stride() == parameter.stride()
            for kind in self.histories
            for history, parameter in zip(kind, self.parameters, strict=True)
        )


def grouped(
    parameters: Sequence[Tensor],
    histories: Sequence[Sequence[Tensor]],
    lr_mults: Sequence[float],
    decays: Sequence[float],
) -> Iterator[Group]:
    """Put parameters into as few groups as can be, each in the order given."""
    members: defaultdict[tuple[float, float, torch.device, torch.dtype], list[int]] = defaultdict(list)
    for index, (parameter, lr_mult, decay) in enumerate(zip(parameters, lr_mults, decays, strict=True)):
        members[lr_mult, decay, parameter.device, parameter.dtype].append(index)
    for (lr_mult, decay, _, _), indexes in members.items():
        own_histories = [[kind[index] for index in indexes] for kind in histories]
        yield Group(lr_mult, decay, indexes, [parameters[index] for index in indexes], own_histories)
