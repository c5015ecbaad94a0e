"""Data parallelism: each worker has the whole net, and their gradients are averaged while the backward pass runs."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from netdef.errors import TrainingError
from netdef.net import Net, Pass
from netdef.parallel.fingerprint import fingerprint
from netdef.parallel.reach import always_reached
from netdef.parallel.ring import ring_bytes
from netdef.solver.replica import Replica
from netdef.solver.workers import Workers


class Replicated(Replica):
    """A whole net whose gradients become the mean over the workers: torch's DistributedDataParallel around it.

    The workers begin with the parameters of the first one.
    Source: parallel.cpp, whose gradients are sums divided by the number of solvers.
    """

    def __init__(self, net: Net, workers: Workers) -> None:
        super().__init__(net)
        self._workers = workers
        self._learns = any(tensor.requires_grad for tensor in self.common(self.parts))
        self._exchanger: DistributedDataParallel | None = None

    @property
    def gradient_bytes(self) -> int:
        """How many bytes of gradients come to a worker in an iteration: those that a ring brings, uncounted."""
        learned = (tensor for tensor in self.common(self.parts) if tensor.requires_grad)
        return ring_bytes(sum(tensor.nbytes for tensor in learned), self._workers.count)

    def __call__(
        self, inputs: Mapping[str, Tensor], *, rows: Tensor | None = None, iteration: int = 0, keep: Sequence[str] = ()
    ) -> Pass:
        """Run the net; a backward pass from the loss then ends with the mean gradients."""
        run = self._exchanging() if self._learns and torch.is_grad_enabled() else self.net
        return run(inputs, rows=rows, iteration=iteration, keep=keep)  # type: ignore[no-any-return]

    def pass_of(self, *, last: bool) -> AbstractContextManager[None]:
        """Surround a forward and backward pass; in all but the ``last`` the gradients only add up."""
        if last or not self._learns:
            return nullcontext()
        return self._exchanging().no_sync()

    def common(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Return those of tensors, one or several for each part, that are the same in all workers."""
        return list(tensors)

    def check_agreement(self, histories: Sequence[Tensor]) -> None:
        """Compare the bits of parameters and histories.

        Raises: TrainingError that names the workers whose are others than the first one's.
        """
        prints = self._workers.gather(fingerprint([*self.common(self.parts), *self.common(histories)]))
        others = [str(rank) for rank, own in enumerate(prints) if own != prints[0]]
        if others:
            raise TrainingError(
                f"the parameters of worker {', '.join(others)} are not those of worker 0 any more\n"
                "    is every worker given the same files, and the same version of netdef and torch?"
            )

    def _exchanging(self) -> DistributedDataParallel:
        if self._exchanger is None:
            net = _OutputsApart(self.net)
            shared = set(self.common(self.parts))
            apart = [name for name, tensor in net.named_parameters(remove_duplicate=False) if tensor not in shared]
            DistributedDataParallel._set_params_and_buffers_to_ignore_for_model(net, apart)  # type: ignore[no-untyped-call]
            with warnings.catch_warnings():  # of the new name of broadcast_buffers, which older versions do not know
                warnings.simplefilter("ignore", FutureWarning)
                self._exchanger = DistributedDataParallel(
                    net,
                    broadcast_buffers=False,
                    gradient_as_bucket_view=True,
                    find_unused_parameters=not always_reached(self.net.graph),
                )
        return self._exchanger


class _OutputsApart(nn.Module):
    """A net of which only the loss is followed back: else its other outputs would make gradients expected."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, inputs: Mapping[str, Tensor], rows: Tensor | None, iteration: int, keep: Iterable[str]) -> Pass:
        result: Pass = self.net(inputs, rows=rows, iteration=iteration, keep=keep)
        return Pass({name: tensor.detach() for name, tensor in result.blobs.items()}, result.loss)
