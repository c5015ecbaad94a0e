"""What layers that run as one in training keep, and share, of memory."""

from __future__ import annotations

from collections.abc import Iterator

from netdef.draw.kept import Held, kept, shares_gradient, storage
from netdef.graph.chains import Chain, Role
from netdef.graph.graph import Node, Value
from netdef.graph.joining import joined
from netdef.graph.plan import Plan


class Joined:
    """What layers that run as one have in common: the memory of what they make, and the gradients around Scale."""

    def __init__(self, plan: Plan) -> None:
        steps = joined(plan) if plan.is_whole else ()
        chains = [step for step in steps if isinstance(step, Chain)]
        self._whole = {
            piece.content: chain.makes[0].content for chain in chains for step in chain.steps for piece in step.tops
        }
        self._scales = {
            step.node
            for chain in chains
            for step, role in zip(chain.steps[1:], chain.roles[1:], strict=True)
            if role is Role.AFFINE
        }

    def storage(self, value: Value) -> object:
        """Return what stands for the memory of a blob."""
        own = storage(value)
        return self._whole.get(own, own)

    def kept(self, node: Node) -> Iterator[Held]:
        """Go through what a layer keeps."""
        for what, size_of_it in () if node in self._scales else kept(node):
            yield (self._whole.get(what, what) if isinstance(what, Value) else what), size_of_it

    def shares_gradient(self, node: Node) -> bool:
        """Tell whether the gradients of the bottoms need no memory of their own."""
        return node in self._scales or shares_gradient(node)
