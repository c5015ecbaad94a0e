"""Which layers can run as one where no gradient is wanted: a linear one, and those behind it that work elementwise.

Maxima behind a rectifier can be taken before it, which then has fewer numbers to rectify.
"""

from __future__ import annotations

from collections.abc import Collection

from netdef.graph.chains import Chain, Role, Rules, chained
from netdef.graph.graph import Node, Value
from netdef.graph.plan import Plan, Step
from netdef.layers.base import Layer
from netdef.layers.batch_norm import BatchNorm
from netdef.layers.bias import Bias
from netdef.layers.convolution import Convolution
from netdef.layers.eltwise import Eltwise
from netdef.layers.inner_product import InnerProduct
from netdef.layers.pooling import MAX, Pooling
from netdef.layers.relu import ReLU
from netdef.layers.scale import Scale
from netdef.schema import netdef_pb2 as schema

CHANNELS = 1  # the axis that all of them count from


def role(layer: Layer) -> Role | None:
    """Return what a layer can do in a chain; None if nothing."""
    match layer:
        case Convolution() if type(layer) is Convolution:
            plain = layer.axis == CHANNELS and not layer.connections and len(layer.message.bottom) == 1
            return Role.LINEAR if plain else None
        case InnerProduct():
            return Role.LINEAR if layer.axis == CHANNELS else None
        case BatchNorm():
            return Role.AFFINE if layer.use_global else None
        case Scale() | Bias():
            by_channel = layer.options.axis == CHANNELS and layer.options.num_axes == 1
            return Role.AFFINE if by_channel and len(layer.message.bottom) == 1 else None
        case Eltwise():
            plain = layer.operation == schema.EltwiseParameter.SUM and not layer.coeffs
            return Role.SUM if plain and len(layer.message.bottom) == 2 else None
        case ReLU():
            return Role.RECTIFIER
        case Pooling():
            return Role.MAXIMUM if layer.method == MAX and not layer.places else None
    return None


def _follows(before: Role, behind: Role) -> bool:
    if behind is Role.MAXIMUM:
        return before is Role.RECTIFIER
    return behind > before or behind is before is Role.AFFINE


RULES = Rules(role, _follows, first={Role.LINEAR}, then={Role.AFFINE}, single=True)


def fused(plan: Plan, shown: Collection[Value] = (), alone: Collection[Node] = ()) -> tuple[Step | Chain, ...]:
    """Return a plan's steps, those that can run as one in chains.

    ``shown`` are blobs that are asked for, which no chain hides; layers that are ``alone`` are in none.
    """
    return chained(plan, RULES, shown, alone)
