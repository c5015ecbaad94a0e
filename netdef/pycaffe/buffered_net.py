"""A net whose blobs stay: what pycaffe's Net and its solvers compute with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from netdef.errors import UsageError
from netdef.graph.graph import Graph, Parameter
from netdef.net import Net, Pass
from netdef.pycaffe.executor import Executor
from netdef.pycaffe.held_blobs import HeldBlobs
from netdef.pycaffe.run import Run
from netdef.pycaffe.wiring import wire


class BufferedNet(Net):
    """A net that runs layer by layer over blobs that can be looked at and changed between, before and after passes.

    It keeps the contract of every net, ``loss.backward()`` included, so the solver trains it as any other.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
        devices: Sequence[str] = (),
        share: Net | None = None,
        micro_batches: int = 1,
        given: Mapping[Parameter, NDArray[Any]] = MappingProxyType({}),
    ) -> None:
        if devices or micro_batches > 1:
            raise UsageError("a net of pycaffe computes whole batches on one device")
        super().__init__(graph, seed=seed, device=device, share=share, channels_last=False, given=given)
        self.held: HeldBlobs = HeldBlobs(self, share.held if isinstance(share, BufferedNet) else None)
        self.executor = wire(self, self.held)

    def forward(
        self,
        inputs: Mapping[str, Tensor],
        *,
        rows: Tensor | None = None,
        iteration: int | Tensor = 0,
        keep: Iterable[str] = (),
    ) -> Pass:
        """Run all layers; what ``inputs`` does not name is taken from the blobs as they are."""
        executor = self.executor
        loss = executor.forward(Run(self.device, self.seed, int(iteration), rows, inputs))
        wanted = [value.name for value in self.graph.outputs] + list(keep)
        blobs = dict(executor.blobs)
        anchor = torch.zeros((), requires_grad=any(node.backward for node in self.graph.nodes))
        total: Tensor = _Backward.apply(anchor, executor, torch.tensor(loss))  # type: ignore[no-untyped-call]
        return Pass({name: blobs[name].values(self.device) for name in wanted}, total)

    def zero_grad(self, set_to_none: bool = False) -> None:
        """Set the gradients of the parameters to zero; their memory stays."""
        self.held.bring_home()
        for tensor in self.tensors.values():
            if tensor.grad is not None:
                tensor.grad.zero_()

    def share_with(self, other: BufferedNet) -> None:
        """Have the parameters of another net's layers of the same names from now on, in its memory.

        Raises: UsageError if the blobs of such a layer have other shapes.
        """
        theirs = {node.key: node for node in other.graph.nodes}
        other.held.bring_home()
        for node in self.graph.nodes:
            if node.key in theirs:
                self.held.share_values(node, theirs[node.key], other.held)


class _Backward(torch.autograd.Function):
    """Stands for a pass of the executor in autograd: its backward is the executor's."""

    @staticmethod
    def forward(ctx: Any, anchor: Tensor, executor: Executor, loss: Tensor) -> Tensor:
        ctx.executor = executor
        return loss.clone()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, None, None]:
        ctx.executor.backward()
        return None, None, None
