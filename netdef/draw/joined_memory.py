"""What layers that run as one in training keep, and share, of memory."""

from __future__ import annotations

from collections.abc import Iterator

from netdef.draw.kept import Held, kept, shares_gradient, storage
from netdef.graph.chains import Chain, Role
from netdef.graph.graph import Node, Value
from netdef.graph.joining import joined
from netdef.graph.plan import Compute, Plan


class Joined:
    """What layers that run as one have in common: the memory of what they make, and the gradients around Scale."""

    def __init__(self, plan: Plan) -> None:
        steps = joined(plan) if plan.is_whole else ()
        chains = [step for step in steps if isinstance(step, Chain)]
        self._whole: dict[object, object] = {}
        self._scales = {step.node for chain in chains for step in _behind(chain, Role.AFFINE)}
        self._early = {chain.steps[-2].node for chain in chains for _ in _behind(chain, Role.MAXIMUM)}
        for chain in chains:
            own = [step.tops[0].content for step in chain.steps if step not in _behind(chain, Role.MAXIMUM)]
            self._whole |= dict.fromkeys(own, own[-1])

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
        return node in self._scales or node in self._early or shares_gradient(node)


def _behind(chain: Chain, role: Role) -> list[Compute]:
    """Return the steps of a role behind the first."""
    return [step for step, own in zip(chain.steps[1:], chain.roles[1:], strict=True) if own is role]
