"""What a pass of a net runs: the steps of its plan, some of them as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from netdef.graph.adjoining import adjoining
from netdef.graph.chains import Chain, seen_outside
from netdef.graph.fusion import fused
from netdef.graph.graph import Node, Value
from netdef.graph.joining import are_maxima_of_convolution, joined
from netdef.graph.plan import Compute, Piece, Plan, Step
from netdef.graph.recomputed import checkpoint
from netdef.module.convolved_maxima import ConvolvedMaxima
from netdef.module.fused_chain import FusedChain
from netdef.module.joined_layers import JoinedLayers, Runner
from netdef.module.last_uses import last_uses
from netdef.module.layer_module import LayerModule
from netdef.module.recorded import Recordings
from netdef.module.room import Adjoined
from netdef.module.watch import Watch


@dataclass(frozen=True)
class Program:
    """Steps in their order, who runs each of those that compute, and what can be forgotten after each.

    A program whose passes may be recorded tells what is ``seen`` after them, and keeps what was ``recorded``.
    """

    steps: Sequence[Step | Chain]
    modules: Mapping[int, Runner]
    dead_after: Sequence[Sequence[Piece]]
    chains: Mapping[int, FusedChain | Adjoined] = field(default_factory=dict)
    seen: Collection[Piece] | None = None
    recorded: Recordings = field(default_factory=Recordings)

    @cached_property
    def recomputes(self) -> bool:
        """Whether the backward pass is to run any of the steps again."""
        return any(map(checkpoint, self.steps))


class Programs:
    """Gives each pass of a net its program.

    Layers run as one in nets that lie whole on a device; not those of which somebody wants what lies between them, or
    whose modules have hooks. Where no gradient is wanted, in phase TEST on a CPU without autocast, more of them can: a
    net that ``remembers`` keeps weights as those chains need them.
    """

    def __init__(self, plan: Plan, modules: Mapping[int, LayerModule], *, remembers: bool) -> None:
        self._plan = plan
        self._modules = modules
        self._own = {id(module.step): module for module in modules.values()}
        self._watch = Watch(modules.values())
        self._remembers = remembers
        self.step_by_step = Program(plan.steps, modules, last_uses(plan, plan.steps))
        self._is_whole = plan.is_whole
        self._on_cpu = plan.is_whole and torch.device(plan.home).type == "cpu"
        self._may_be_recorded = remembers and all(step.layer.traceable for step in plan.computes)
        self._latest: dict[bool, tuple[set[Value], set[Node], Program]] = {}

    @property
    def is_watched(self) -> bool:
        """Whether any module has a hook, or a function in place of its own."""
        return bool(self._watch.alone())

    def of_pass(self, inputs: Iterable[Tensor], shown: Collection[Value]) -> Program:
        """Return the program of a pass that is to show some blobs."""
        if not self._is_whole or is_traced():
            return self.step_by_step
        learns = self._plan.graph.train or self._learns(inputs)
        if not learns and (not self._on_cpu or torch.is_autocast_enabled("cpu")):
            return self.step_by_step
        wanted, alone = set(shown), self._watch.alone()
        latest = self._latest.get(learns)
        if latest is None or latest[:2] != (wanted, alone):
            made = self._joined(wanted, alone) if learns else self._fused(wanted, alone)
            latest = self._latest[learns] = wanted, alone, made
        return latest[2]

    def _learns(self, inputs: Iterable[Tensor]) -> bool:
        if not torch.is_grad_enabled():
            return False
        blobs = (blob for module in self._modules.values() for blob in module.parameters(recurse=False))
        return any(tensor.requires_grad for tensors in (blobs, inputs) for tensor in tensors)

    def _fused(self, shown: Collection[Value], alone: Collection[Node]) -> Program:
        steps = fused(self._plan, shown, alone)
        places = adjoining(self._plan, steps, shown, alone)
        joined = {place.joined for place in places.values()}
        modules: dict[int, Runner] = {}
        chains: dict[int, FusedChain | Adjoined] = {}
        for index, step in enumerate(steps):
            if isinstance(step, Chain):
                place = places.get(step.makes[0])
                chains[index] = FusedChain(step, self._modules_of(step), remembers=self._remembers, place=place)
            elif isinstance(step, Compute) and step.tops and step.tops[0] in joined:
                chains[index] = Adjoined(step)
            elif id(step) in self._own:
                modules[index] = self._own[id(step)]
        seen = seen_outside(self._plan, shown) if self._may_be_recorded and not shown else None
        return Program(steps, modules, last_uses(self._plan, steps), chains, seen)

    def _joined(self, shown: Collection[Value], alone: Collection[Node]) -> Program:
        runners = [
            self._joined_layers(step) if isinstance(step, Chain) else self._own[id(step)]
            for step in joined(self._plan, shown, alone)
        ]
        steps = [runner.step for runner in runners]
        return Program(steps, dict(enumerate(runners)), last_uses(self._plan, steps))

    def _joined_layers(self, chain: Chain) -> JoinedLayers:
        kind = ConvolvedMaxima if are_maxima_of_convolution(chain) else JoinedLayers
        return kind(chain, self._modules_of(chain))

    def _modules_of(self, chain: Chain) -> list[LayerModule]:
        return [self._own[id(step)] for step in chain.steps]


def is_traced() -> bool:
    """Tell whether what runs is not for its numbers alone."""
    return torch.compiler.is_compiling() or torch._C._is_tracing() or torch._C._are_functorch_transforms_active()
