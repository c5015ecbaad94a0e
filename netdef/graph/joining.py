"""Which layers can run as one where gradients are wanted: what one has made, the next ones may write over.

The backward pass of a convolution, product, normalization, scaling or sum does not read what it has made, that of a
rectifier only what it makes itself. Scale behind BatchNorm goes into its arithmetic. Maxima of a convolution can be
found without keeping the rest of it.
"""

from __future__ import annotations

from collections.abc import Collection

from netdef.graph import fusion
from netdef.graph.chains import Chain, Role, Rules, chained
from netdef.graph.graph import Node, Value
from netdef.graph.plan import Plan, Step
from netdef.layers.base import Layer
from netdef.layers.batch_norm import BatchNorm
from netdef.layers.bias import Bias
from netdef.layers.convolution import Convolution
from netdef.layers.relu import ReLU


def role(layer: Layer) -> Role | None:
    """Return what a layer can do in a chain; None if nothing."""
    match layer:
        case BatchNorm():
            return Role.NORMALIZATION
        case Bias():
            return Role.LINEAR
        case ReLU() if layer.negative_slope < 0:
            return None  # its backward pass needs the signs of what it has read
    return fusion.role(layer)


def _follows(before: Role, behind: Role) -> bool:
    if behind is Role.AFFINE:
        return before is Role.NORMALIZATION
    if behind is Role.MAXIMUM:
        return before in (Role.LINEAR, Role.RECTIFIER)
    return behind > before and behind is not Role.NORMALIZATION


MAXIMA = ((Role.LINEAR, Role.MAXIMUM), (Role.LINEAR, Role.RECTIFIER, Role.MAXIMUM))
RULES = Rules(role, _follows, first={Role.LINEAR, Role.NORMALIZATION}, then={Role.AFFINE, Role.SUM}, single=False)


def are_maxima_of_convolution(chain: Chain) -> bool:
    """Tell whether a chain has nothing but these, rectified or not, through which gradients go all the way down."""
    behind = [step.layer for step in chain.steps[1:]]
    plain = chain.roles in MAXIMA and isinstance(chain.head.layer, Convolution)
    sloping = any(isinstance(layer, ReLU) and layer.negative_slope for layer in behind)
    return plain and not sloping and all(step.node.propagates[0] for step in chain.steps[1:])


def joined(plan: Plan, shown: Collection[Value] = (), alone: Collection[Node] = ()) -> tuple[Step | Chain, ...]:
    """Return a plan's steps, those that can run as one in chains.

    ``shown`` are blobs that are asked for, which no chain hides; layers that are ``alone`` are in none.
    """
    return chained(plan, RULES, shown, alone)
