"""What layers that run as one in training keep, and share, of memory."""

from __future__ import annotations

from collections.abc import Iterator

from netdef.draw.kept import FLAG_BYTES, Held, kept, numbers, shares_gradient, size, storage
from netdef.graph.chains import Chain, Role
from netdef.graph.graph import Node, Value
from netdef.graph.joining import are_maxima_of_convolution, joined
from netdef.graph.plan import Compute, Plan
from netdef.kernels.built import are_built
from netdef.layers.convolution import Convolution
from netdef.layers.pooling import Pooling


class Joined:
    """What layers that run as one have in common: the memory of what they make, and the gradients around Scale."""

    def __init__(self, plan: Plan) -> None:
        steps = joined(plan) if plan.is_whole else ()
        chains = [step for step in steps if isinstance(step, Chain)]
        self._whole: dict[object, object] = {}
        self._scales = {step.node for chain in chains for step in _behind(chain, Role.AFFINE)}
        self._early = {
            chain.steps[-2].node for chain in chains for _ in _behind(chain, Role.MAXIMUM) if chain.steps[2:]
        }
        self._at_once = {step.node for chain in chains if _is_at_once(chain) for step in chain.steps[1:]}
        self._unseen = {step.tops[0].content for chain in chains if _is_at_once(chain) for step in chain.steps[:-1]}
        for chain in chains:
            own = [step.tops[0].content for step in chain.steps if step not in _behind(chain, Role.MAXIMUM)]
            self._whole |= dict.fromkeys(own, own[-1])

    def storage(self, value: Value) -> object:
        """Return what stands for the memory of a blob."""
        own = storage(value)
        return self._whole.get(own, own)

    def made(self, node: Node) -> Iterator[Held]:
        """Go through what a layer makes that lasts: not what is convolved where only its maxima are kept."""
        yield from ((self.storage(top), size(top)) for top in node.tops if top not in self._unseen)

    def kept(self, node: Node) -> Iterator[Held]:
        """Go through what a layer keeps."""
        if node in self._at_once:
            yield from _kept_at_once(node)
            return
        for what, size_of_it in () if node in self._scales else kept(node):
            yield (self._whole.get(what, what) if isinstance(what, Value) else what), size_of_it

    def shares_gradient(self, node: Node) -> bool:
        """Tell whether the gradients of the bottoms need no memory of their own."""
        return node in self._scales | self._early | self._at_once or shares_gradient(node)


def _is_at_once(chain: Chain) -> bool:
    """Tell whether compiled kernels find the maxima of a convolution without keeping the rest of it."""
    head, last, bottom = chain.head.layer, chain.steps[-1].layer, chain.head.node.bottoms[0].shape
    if not are_maxima_of_convolution(chain) or not are_built() or bottom is None:
        return False
    assert isinstance(head, Convolution)
    assert isinstance(last, Pooling)
    return last.windows is not None and head.maxima_at_once(bottom, last.windows)


def _kept_at_once(node: Node) -> Iterator[Held]:
    """Go through what maxima of a convolution keep: where they were found, and what is rectified."""
    (top,) = node.tops
    if node.type == "ReLU":
        return
    yield (node, "beside"), FLAG_BYTES * numbers(top)
    if node.bottoms[0].producer.type == "ReLU":
        yield top, size(top)


def _behind(chain: Chain, role: Role) -> list[Compute]:
    """Return the steps of a role behind the first."""
    return [step for step, own in zip(chain.steps[1:], chain.roles[1:], strict=True) if own is role]
