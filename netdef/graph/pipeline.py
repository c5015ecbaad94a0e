"""A plan cut into stages that work at the same time, each on another part of the batch.

The batch is cut into micro-batches, which go through the stages one behind the other. Layers that do not treat each
row by itself, losses first of all, come after: they see the whole batch, put together again, so that no number changes.

Source: GPipe, arXiv 1811.06965, section 2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netdef.errors import UsageError
from netdef.graph.graph import Graph, Node, Parameter, Value
from netdef.graph.plan import Compute, Copy, Piece, Plan, Step
from netdef.graph.rows import rowwise_blobs


@dataclass(frozen=True)
class Stage:
    """Steps that follow each other on the same devices, by their places in the plan; ``needs`` are earlier stages."""

    devices: tuple[str, ...]
    steps: tuple[int, ...]
    needs: tuple[int, ...]


@dataclass(frozen=True)
class Pipeline:
    """The steps that run once before (copies of parameters), the stages of micro-batches, what runs on the whole."""

    first: tuple[int, ...]
    stages: tuple[Stage, ...]
    last: tuple[int, ...]


def pipeline(plan: Plan) -> Pipeline:
    """Cut a plan into stages.

    Raises: UsageError if a layer uses statistics of the whole batch, which micro-batches would change.
    """
    _refuse_statistics(plan.graph)
    rowwise = rowwise_blobs(plan.graph)
    first: list[int] = []
    inside: list[int] = []
    last: list[int] = []
    for index, step in enumerate(plan.steps):
        if isinstance(step, Copy) and isinstance(step.made.content, Parameter):
            first.append(index)
        else:
            (inside if _belongs(step, rowwise) else last).append(index)
    return Pipeline(tuple(first), tuple(_stages(plan, inside)), tuple(last))


def assembly_line(stages: int, parts: int) -> Iterator[tuple[int, int]]:
    """Go through (stage, part) as on an assembly line: while a part is in one stage, the next is in the one before."""
    for tick in range(stages + parts - 1):
        yield from ((stage, tick - stage) for stage in range(stages) if 0 <= tick - stage < parts)


def _refuse_statistics(graph: Graph) -> None:
    found = [node for node in graph.nodes if node.layer.uses_batch_statistics]
    if found:
        named = ", ".join(f'"{node.name}" ({node.type})' for node in found[:3])
        more = f" and {len(found) - 3} more" if len(found) > 3 else ""
        raise UsageError(
            f'net "{graph.name}": the batch cannot come in micro-batches, since its statistics as a whole count in'
            f" layer {named}{more}\n    train without --micro-batches, or let these layers use_global_stats"
        )


def _belongs(step: Step, rowwise: set[Value]) -> bool:
    """Tell whether a step can take micro-batches."""
    if not isinstance(step, Compute):
        return step.made.content in rowwise
    return bool(step.tops) and all(piece.content in rowwise for piece in step.tops)


def _stages(plan: Plan, inside: Iterable[int]) -> list[Stage]:
    """Cut where the devices change; a copy belongs to the stage that makes what is copied."""
    stages: list[tuple[frozenset[str], list[int]]] = []
    devices = _devices_by_layer(plan)
    for index in inside:
        step = plan.steps[index]
        if isinstance(step, Compute) and (not stages or stages[-1][0] != devices[step.node]):
            stages.append((devices[step.node], []))
        stages[-1][1].append(index)
    needs = _needs(plan, [steps for _, steps in stages])
    return [
        Stage(tuple(sorted(used, key=plan.devices.index)), tuple(steps), own)
        for (used, steps), own in zip(stages, needs, strict=True)
    ]


def _needs(plan: Plan, stages: Iterable[Iterable[int]]) -> Iterator[tuple[int, ...]]:
    """Go through the stages that each takes something from."""
    made_by: dict[Piece, int] = {}
    for number, steps in enumerate(stages):
        own = [plan.steps[index] for index in steps]
        reads = {piece for step in own for piece in step.reads}
        yield tuple(sorted({made_by[piece] for piece in reads if piece in made_by}))
        made_by |= {piece: number for step in own for piece in step.makes}


def _devices_by_layer(plan: Plan) -> dict[Node, frozenset[str]]:
    found: dict[Node, set[str]] = {}
    for step in plan.computes:
        found.setdefault(step.node, set()).add(step.device)
    return {node: frozenset(used) for node, used in found.items()}
