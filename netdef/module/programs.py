"""What a pass of a net runs: the steps of its plan, some of them as one where no gradient is wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.nn.modules import module as torch_module

from netdef.graph.fusion import Chain, fused
from netdef.graph.graph import Node, Value
from netdef.graph.plan import Piece, Plan, Step
from netdef.module.fused_chain import FusedChain
from netdef.module.last_uses import last_uses
from netdef.module.layer_module import LayerModule


@dataclass(frozen=True)
class Program:
    """Steps in their order, who runs each of those that compute, and what can be forgotten after each."""

    steps: Sequence[Step | Chain]
    modules: Mapping[int, LayerModule]
    dead_after: Sequence[Sequence[Piece]]
    chains: Mapping[int, FusedChain] = field(default_factory=dict)


class Programs:
    """Gives each pass of a net its program.

    Layers run as one in nets of phase TEST that lie whole on a CPU, in passes without autograd and autocast; not those
    of which somebody wants what lies between them, or whose modules have hooks. A net that ``remembers`` keeps weights
    as the chains need them.
    """

    def __init__(self, plan: Plan, modules: Mapping[int, LayerModule], *, remembers: bool) -> None:
        self._plan = plan
        self._modules = modules
        self._remembers = remembers
        self.step_by_step = Program(plan.steps, modules, last_uses(plan, plan.steps))
        whole = len(plan.devices) == 1 and torch.device(plan.home).type == "cpu" and not any(plan.exchanges)
        self._may_fuse = whole and not plan.graph.train
        self._latest: tuple[set[Value], set[Node], Program] | None = None

    def of_pass(self, inputs: Iterable[Tensor], shown: Collection[Value]) -> Program:
        """Return the program of a pass that is to show some blobs."""
        if not self._may_fuse or _traced() or self._learns(inputs):
            return self.step_by_step
        wanted, alone = set(shown), {module.node for module in self._modules.values() if _is_watched(module)}
        if self._latest is None or self._latest[:2] != (wanted, alone):
            self._latest = wanted, alone, self._fused(wanted, alone)
        return self._latest[2]

    def _learns(self, inputs: Iterable[Tensor]) -> bool:
        if not torch.is_grad_enabled():
            return False
        blobs = (blob for module in self._modules.values() for blob in module.parameters(recurse=False))
        return any(tensor.requires_grad for tensors in (blobs, inputs) for tensor in tensors)

    def _fused(self, shown: Collection[Value], alone: Collection[Node]) -> Program:
        steps = fused(self._plan, shown, alone)
        own_module = {id(module.step): module for module in self._modules.values()}
        modules, chains = {}, {}
        for index, step in enumerate(steps):
            if isinstance(step, Chain):
                own = [own_module[id(one)] for one in step.steps]
                chains[index] = FusedChain(step, own, remembers=self._remembers)
            else:
                modules[index] = own_module[id(step)]
        return Program(steps, modules, last_uses(self._plan, steps), chains)


def _traced() -> bool:
    """Tell whether what runs is not for its numbers alone, or not to be exact."""
    traced = torch.jit.is_tracing()  # type: ignore[attr-defined, no-untyped-call]
    return traced or torch.compiler.is_compiling() or torch.is_autocast_enabled("cpu")


def _is_watched(module: LayerModule) -> bool:
    """Tell whether somebody sees, or changes, what a module does."""
    hooks = (module._forward_hooks, module._forward_pre_hooks)
    everywhere = (torch_module._global_forward_hooks, torch_module._global_forward_pre_hooks)
    changed = type(module) is not LayerModule or "forward" in vars(module) or module._compiled_call_impl is not None
    return changed or any(hooks) or any(everywhere)
