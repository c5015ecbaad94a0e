"""A training pass, forward and back, as a list of what its operators and kernels did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from netdef.net import Net, Pass
from netdef.repetition.memory import asked_for
from netdef.repetition.operator_tape import OperatorTape
from netdef.repetition.repetition import Repetition, repetition_of
from netdef.repetition.taken import storage_of
from netdef.solver.whole_step import StaticBatch


class Given(NamedTuple):
    """What a pass is given."""

    inputs: Mapping[str, Tensor]
    rows: Tensor | None
    key: int


class Passed(NamedTuple):
    """What a pass gives, and the gradients of the parameters that learn; None where one has no part in the loss."""

    result: Pass
    gradients: Sequence[Tensor | None]


class ListedPass(NamedTuple):
    """Does a pass again on other batches of the same shapes; the same tensors are ``made`` each time."""

    batch: StaticBatch
    repetition: Repetition
    made: Passed

    def again(self, given: Given) -> Passed:
        """Do it on a batch.

        Raises: DataError for numbers that a layer refuses.
        """
        self.batch.fill(*given)
        self.repetition.run()
        return self.made


def listed(net: Net, parameters: Sequence[Tensor], given: Given) -> tuple[Passed, ListedPass | None]:
    """Do a pass, and return with what it gives what does it again; None if that cannot be.

    ``parameters`` are all of the net; those that require gradients learn.
    """
    batch = StaticBatch(given.inputs, given.rows, net.device)
    batch.fill(*given)
    learning, tape = [each for each in parameters if each.requires_grad], OperatorTape()
    with tape.running():
        result = net(batch.inputs, rows=batch.rows, iteration=batch.key)
        found = _gradients(result.loss, learning)
        own = asked_for(tape.entries).keys() - {storage_of(blob) for blob in (result.loss, *result.blobs.values())}
        gradients = [_apart(gradient, like, own) for gradient, like in zip(found, learning, strict=True)]
    made = Passed(result.detached(), gradients)
    shown = (made.result.loss, *made.result.blobs.values(), *(each for each in gradients if each is not None))
    known = (*parameters, *batch.inputs.values(), *(() if batch.rows is None else (batch.rows,)), batch.key)
    repetition = repetition_of(tape, shown, known)
    return made, None if repetition is None else ListedPass(batch, repetition, made)


def passed(net: Net, learning: Sequence[Tensor], given: Given) -> Passed:
    """Do a pass as ever."""
    result = net(given.inputs, rows=given.rows, iteration=given.key)
    if result.loss.requires_grad:
        result.loss.backward()
    return Passed(result.detached(), [parameter.grad for parameter in learning])


def _gradients(loss: Tensor, learning: Sequence[Tensor]) -> Sequence[Tensor | None]:
    return torch.autograd.grad(loss, learning, allow_unused=True) if loss.requires_grad else [None] * len(learning)


def _apart(gradient: Tensor | None, like: Tensor, own: set[int]) -> Tensor | None:
    """Return a gradient that lies as its parameter does, on memory that is the pass's ``own`` and nobody else's."""
    if gradient is None:
        return None
    storage = storage_of(gradient)
    if gradient.stride() == like.stride() and storage in own and gradient.untyped_storage().nbytes() == gradient.nbytes:
        own.remove(storage)
        return gradient
    return torch.empty_like(like).copy_(gradient)
