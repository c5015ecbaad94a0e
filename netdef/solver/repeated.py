"""Training passes of small nets, repeated from a list of what an earlier one did.

To walk the layers, and back along autograd's graph, takes a millisecond or so of Python, whatever the layers compute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.errors import NetdefError
from netdef.graph.graph import Graph
from netdef.layers.base import FLOAT_BYTES
from netdef.layers.functions.plain import are_floats
from netdef.layers.shape import count
from netdef.net import Net, Pass
from netdef.solver.listed_pass import Given, ListedPass, Passed, listed, passed

FIRST = 2  # passes of a kind that run as ever: what layers find out once is known then
MOST = 4  # kinds of batches whose passes are kept
LARGEST = 1 << 25  # bytes of blobs and parameters: beside what a larger net computes a millisecond is nothing


@dataclass
class _Kind:
    """How far it is with batches of a kind: passes done as ever, what was listed, and whether that can be trusted."""

    done: int = 0
    listed: ListedPass | None = None
    trusted: bool | None = None


class Repeated:
    """Runs a net as ``Net.forward`` does; but a pass that is repeated goes back as well, and leaves gradients.

    Of each kind of batch the first passes run as ever, then one is listed, and the next one is run as ever and from the
    list: only where all numbers are the same to the last bit is it repeated from then on. Where they are not, or a
    hook or something else would see what layers do, the net runs as ever. The loss of what is returned tells by
    ``requires_grad`` whether there are gradients yet.
    """

    def __init__(self, net: Net) -> None:
        self._net = net
        self._kinds: dict[object, _Kind] = {}
        self._begin()

    def _begin(self) -> None:
        """Forget all lists, and take the parameters as they are now."""
        self._kinds.clear()
        self._parameters = [tensor for _, tensor in self._net.stored()]
        self._learning = [tensor for tensor in self._parameters if tensor.requires_grad]
        self._statistics = [tensor for tensor in self._parameters if not tensor.requires_grad]
        self._marks = [(tensor, tensor.data_ptr(), tensor.requires_grad) for tensor in self._parameters]

    @property
    def device(self) -> torch.device:
        """Where the net computes."""
        return self._net.device

    @property
    def dtype(self) -> torch.dtype:
        """The net's type of numbers."""
        return self._net.dtype

    def __call__(
        self, inputs: Mapping[str, Tensor], *, rows: Tensor | None = None, iteration: int = 0, keep: Sequence[str] = ()
    ) -> Pass:
        """Run the net, and back where the pass is repeated."""
        given = Given(inputs, rows, iteration)
        if keep or not self._may_repeat():
            return self._net(inputs, rows=rows, iteration=iteration, keep=keep)  # type: ignore[no-any-return]
        made = self._made(self._kind(given), given)
        if made is None:
            return self._net(inputs, rows=rows, iteration=iteration)  # type: ignore[no-any-return]
        for parameter, gradient in zip(self._learning, made.gradients, strict=True):
            parameter.grad = gradient
        return made.result

    def _made(self, kind: _Kind, given: Given) -> Passed | None:
        """Do a pass and go back; None if it is to run as ever."""
        if kind.done < FIRST or kind.trusted is False:
            kind.done += 1
            return None
        if kind.listed is None:
            made, kind.listed = listed(self._net, self._parameters, given)
            kind.trusted = None if kind.listed else False
            return made
        if kind.trusted is None:
            return self._tried(kind, kind.listed, given)
        try:
            return kind.listed.again(given)
        except NetdefError:
            return None  # the net itself tells in which layer

    def _tried(self, kind: _Kind, again: ListedPass, given: Given) -> Passed:
        """Do a pass as ever, and once more from the list, and compare."""
        before = [tensor.clone() for tensor in self._statistics]
        made = passed(self._net, self._learning, given)
        after = [tensor.clone() for tensor in self._statistics]
        _put(before, self._statistics)
        repeated = again.again(given)
        kind.trusted = _are_same(_numbers(made), _numbers(repeated)) and _are_same(after, self._statistics)
        if not kind.trusted:
            kind.listed = None
            _put(after, self._statistics)
        return made

    def _may_repeat(self) -> bool:
        """Tell whether nobody sees or changes what layers do; forget all lists if a parameter is not as it was."""
        net = self._net
        if net.ways or not net.fuse or net.is_watched or not torch.is_grad_enabled():
            return False
        if torch.is_autocast_enabled("cpu") or torch.is_anomaly_enabled():
            return False
        for tensor, address, learns in self._marks:  # in a loop, and in no function: it is asked before each pass
            if tensor._backward_hooks or tensor._post_accumulate_grad_hooks:
                return False
            if tensor.data_ptr() != address or tensor.requires_grad != learns:
                self._begin()
                break
        return True

    def _kind(self, given: Given) -> _Kind:
        """Return how far it is with batches like this."""
        key: list[object] = [None if given.rows is None else given.rows.shape, torch.get_num_threads()]
        for name, tensor in given.inputs.items():
            key += name, type(tensor), tensor.dtype, tensor.shape, tensor.stride()
        kind = self._kinds.get(tuple(key))
        if kind is None:
            if len(self._kinds) == MOST:
                self._kinds.clear()
            kind = self._kinds[tuple(key)] = _Kind(trusted=None if are_floats(*given.inputs.values()) else False)
        return kind


def may_be_repeated(net: Net) -> bool:
    """Tell whether a net is small, lies whole on the CPU, and does nothing that operators do not show."""
    small = _bytes(net.graph) <= LARGEST
    if net.device.type != "cpu" or not net.plan.is_whole or net.micro_batches > 1 or not small:
        return False
    return all(node.layer.traceable and not node.state for node in net.graph.nodes)


def _bytes(graph: Graph) -> float:
    """Return how many bytes blobs and parameters take; without end, where that is not known."""
    counts = [count(parameter.shape) for parameter in graph.parameters]
    known = [*(node.cost.activation_bytes for node in graph.nodes), *(each and each * FLOAT_BYTES for each in counts)]
    return float("inf") if None in known else sum(each for each in known if each is not None)


def _numbers(made: Passed) -> list[Tensor | None]:
    return [made.result.loss, *made.result.blobs.values(), *made.gradients]


def _are_same(some: Sequence[Tensor | None], others: Sequence[Tensor | None]) -> bool:
    """Tell whether all numbers are the same; what is not a number is the same as another such."""
    return all(_is_same(one, other) for one, other in zip(some, others, strict=True))


def _is_same(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.shape == other.shape and torch.allclose(one, other, rtol=0, atol=0, equal_nan=True)


def _put(numbers: Sequence[Tensor], places: Sequence[Tensor]) -> None:
    for tensor, place in zip(numbers, places, strict=True):
        place.copy_(tensor)
