"""What each device of a placed net holds and computes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from netdef.draw.measures import Measures, total
from netdef.graph.graph import Node, Parameter
from netdef.graph.plan import Compute, Piece, Plan
from netdef.graph.ranges import cut
from netdef.graph.schedule import read_shape
from netdef.layers.base import FLOAT_BYTES
from netdef.layers.shape import count


class Load(TypedDict):
    """One device's share of a net; None is not known.

    ``macs`` are for one item of the batch, all bytes for the whole of it: ``activation_bytes`` of the blobs that are
    made here, ``copied_bytes`` of what is brought here from other devices. ``training_bytes`` are those of parameters
    and statistics, of gradients, and of a solver with one history (SGD's momentum).
    """

    device: str
    params: int | None
    macs: int | None
    activation_bytes: int | None
    copied_bytes: int | None
    training_bytes: int | None


def loads(plan: Plan, measures: Measures) -> list[Load]:
    """Return what each device of a plan has to do, in the plan's order."""
    return [_load(plan, device, measures) for device in plan.devices]


def places(plan: Plan) -> dict[Node, list[str]]:
    """Return on which devices each layer, or its parts in their order, run."""
    found: dict[Node, list[str]] = {}
    for step in plan.computes:
        found.setdefault(step.node, []).append(step.device)
    return found


def _load(plan: Plan, device: str, measures: Measures) -> Load:
    own = [step for step in plan.computes if step.device == device]
    known = all(measures.parameters(step.node) is not None for step in own)
    held = [piece for pieces in plan.held.values() for piece in pieces if piece.device == device]
    return Load(
        device=device,
        params=total(_numbers(piece) for piece in held if _learned(piece)) if known else None,
        macs=total(_macs(step, measures) for step in own),
        activation_bytes=_bytes(top for step in own if not step.node.in_place for top in step.tops),
        copied_bytes=_bytes(copy.made for copy in plan.copies if copy.made.device == device),
        training_bytes=total(map(_training_bytes, held)) if known else None,
    )


def _macs(step: Compute, measures: Measures) -> int | None:
    if step.count == 1:
        return measures.macs(step.node)
    shapes = (read_shape(step, index) for index in range(len(step.bottoms)))
    return measures.for_item(step.layer.macs(*(shape for shape in shapes if shape is not None)))  # split: all known


def _bytes(pieces: Iterator[Piece]) -> int | None:
    numbers = total(map(_numbers, pieces))
    return None if numbers is None else FLOAT_BYTES * numbers


def _numbers(piece: Piece) -> int | None:
    shape = piece.content.shape
    return None if shape is None else count(cut(shape, piece.range))


def _learned(piece: Piece) -> bool:
    return isinstance(piece.content, Parameter) and piece.content.learned


def _training_bytes(piece: Piece) -> int | None:
    """Return the memory of a parameter, its history, which statistics have too, and its gradient, if it gets one."""
    numbers = _numbers(piece)
    moves = isinstance(piece.content, Parameter) and piece.content.learned and piece.content.lr_mult != 0
    return None if numbers is None else FLOAT_BYTES * numbers * (3 if moves else 2)
