"""The net that a solver trains, as one process holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property

import torch
from torch import Tensor
from torch.nn.utils import get_total_norm

from netdef.net import Net, Pass


def nothing() -> None:
    """Do nothing."""


class Replica:
    """A net with its parameters whole, whose gradients nobody else adds to.

    Those of many processes differ in how gradients come together, and in how much of each parameter they hold.
    """

    def __init__(self, net: Net) -> None:
        self.net = net

    @property
    def gradient_bytes(self) -> int:
        """How many bytes of gradients come to this process in an iteration."""
        return 0

    @property
    def received(self) -> int:
        """How many bytes of blobs, and of their gradients, have come to this process so far."""
        return 0

    @property
    def device(self) -> torch.device:
        """Where the net computes."""
        return self.net.device

    @property
    def dtype(self) -> torch.dtype:
        """The net's type of numbers."""
        return self.net.dtype

    @property
    def parts(self) -> list[Tensor]:
        """What this process holds, and updates, of the parameters: one tensor for each of ``Net.stored``."""
        return self._stored

    @property
    def gradients(self) -> list[Tensor | None]:
        """The gradient of each part; None where there is none."""
        return [tensor.grad for tensor in self._stored]

    def fill_gradients(self) -> None:
        """Give a gradient of zeros to each part that has none."""
        for part in self._stored:
            if part.grad is None:
                part.grad = torch.zeros_like(part)

    @cached_property
    def _stored(self) -> list[Tensor]:
        # Asked for when the solver begins: they stay, since it updates them where they lie.
        return [tensor for _, tensor in self.net.stored()]

    def __call__(
        self, inputs: Mapping[str, Tensor], *, rows: Tensor | None = None, iteration: int = 0, keep: Sequence[str] = ()
    ) -> Pass:
        """Run the net, as ``Net.forward``."""
        return self.net(inputs, rows=rows, iteration=iteration, keep=keep)  # type: ignore[no-any-return]

    def lend_to(self, test_net: Net) -> Callable[[], object]:
        """Let a net compute that has been made to share this one's parameters.

        Return what a worker must do, in the place of a pass of that net, while the others run one.
        """
        return nothing

    def prepare_tests(self) -> None:
        """See that the nets lent to compute with the parameters of now."""

    def pass_of(self, *, last: bool) -> AbstractContextManager[None]:
        """Surround a forward and backward pass; the gradients come together in the ``last`` one of an iteration."""
        return nullcontext()

    def norm(self, gradients: Sequence[Tensor]) -> Tensor:
        """Return the root of the sum of squares over the gradients of all parameters."""
        return get_total_norm(gradients)

    @contextmanager
    def whole(self, histories: Sequence[Tensor], *, changing: bool = False) -> Iterator[Sequence[Tensor]]:
        """Have whole parameters in the net while the block runs, and give the whole of each history.

        What is written into them counts only with ``changing``.
        """
        joined = self.net.holdings.joined(histories)
        wholes = [pieces.whole() for pieces in joined]
        yield wholes
        if changing:
            for pieces, whole in zip(joined, wholes, strict=True):
                pieces.fill(whole)

    def check_agreement(self, histories: Sequence[Tensor]) -> None:
        """Compare with the other processes what must be the same in all of them.

        Raises: TrainingError.
        """
