"""When each stage of a pipeline works on which part of the batch."""

from __future__ import annotations

from dataclasses import dataclass

from netdef.graph.pipeline import Pipeline, assembly_line
from netdef.graph.plan import Compute, Plan
from netdef.layers.shape import Shape

BACKWARD = 2  # a backward pass computes two products, of gradients with weights and with inputs, for each forward one


@dataclass(frozen=True)
class Entry:
    """One stage at work on one micro-batch, from ``start`` to ``stop``, on all of its devices.

    Times are multiply-accumulates of one device for a micro-batch, a stand-in for seconds.
    """

    stage: int
    devices: tuple[str, ...]
    micro_batch: int
    backward: bool
    start: int
    stop: int


def schedule(plan: Plan, pipeline: Pipeline, micro_batches: int) -> list[Entry]:
    """Return who works when, each stage beginning as soon as its input is there and its devices are free.

    All forward passes come before the first backward one, which starts from the whole batch's loss.
    """
    stages = pipeline.stages
    times = [max(1, _time(plan, stage.steps) // micro_batches) for stage in stages]
    readers = [[later for later, other in enumerate(stages) if own in other.needs] for own in range(len(stages))]
    free = dict.fromkeys(plan.devices, 0)
    entries: list[Entry] = []

    def work(stage: int, micro: int, ready: int, *, backward: bool) -> int:
        devices = stages[stage].devices
        start = max([ready, *(free[device] for device in devices)])
        stop = start + times[stage] * (BACKWARD if backward else 1)
        free.update(dict.fromkeys(devices, stop))
        entries.append(Entry(stage, devices, micro, backward, start, stop))
        return stop

    done: dict[tuple[int, int], int] = {}
    for stage, micro in assembly_line(len(stages), micro_batches):
        ready = max((done[need, micro] for need in stages[stage].needs), default=0)
        done[stage, micro] = work(stage, micro, ready, backward=False)
    turned = max(done.values(), default=0)
    back: dict[tuple[int, int], int] = {}
    for place, behind in assembly_line(len(stages), micro_batches):
        stage, micro = len(stages) - 1 - place, micro_batches - 1 - behind  # autograd takes the newest first
        ready = max((back[reader, micro] for reader in readers[stage]), default=turned)
        back[stage, micro] = work(stage, micro, ready, backward=True)
    return entries


def _time(plan: Plan, steps: tuple[int, ...]) -> int:
    """Return the most multiply-accumulates that one device has in a stage."""
    sums: dict[str, int] = {}
    for index in steps:
        step = plan.steps[index]
        if isinstance(step, Compute):
            sums[step.device] = sums.get(step.device, 0) + part_macs(step)
    return max(sums.values(), default=0)


def part_macs(step: Compute) -> int:
    """Return the multiply-accumulates of a step for the whole batch, 0 where they are not known."""
    shapes = [read_shape(step, index) for index in range(len(step.bottoms))]
    known = [shape for shape in shapes if shape is not None]
    return (step.layer.macs(*known) or 0) if len(known) == len(shapes) and known else 0


def read_shape(step: Compute, index: int) -> Shape | None:
    """Return the shape of what a step reads of a bottom."""
    shape, takes = step.node.bottoms[index].shape, step.bottoms[index]
    own = [take.range for take in takes]
    if shape is None or own[0] is None or any(other is None for other in own):
        return shape
    widths = sum(len(each) for each in own if each is not None)
    return (*shape[: own[0].axis], widths, *shape[own[0].axis + 1 :])
