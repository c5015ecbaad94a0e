"""What several workers give each other, as tables of text and as JSON."""

from __future__ import annotations

from typing import TypedDict

from netdef.draw.columns import Column, ruled
from netdef.draw.copies import CopySummary, copy_summary
from netdef.draw.exchange import traffic
from netdef.draw.words import exact, printable
from netdef.draw.worker_exchange import Step, WorkerExchange

BLOBS = [
    *(Column("blob"), Column("from"), Column("to")),
    *(Column("bytes forward", numbers=True), Column("bytes backward", numbers=True)),
]
STEPS = [
    Column("what comes to each worker in a step"),
    *(Column("bytes, as the file says", numbers=True), Column("by data parallelism alone", numbers=True)),
]


class StepSummary(TypedDict):
    """Bytes that come to a worker in a step; None is not known."""

    gradients: int | None
    blobs: int | None
    ordinals: int | None
    all: int | None


class WorkersSummary(TypedDict):
    """What ``netdef summary --workers --json`` says of several workers; see ``WorkerExchange``."""

    workers: int
    batch: int | None
    params_held: int | None
    exchange: list[CopySummary]
    bytes_per_step: StepSummary
    bytes_per_step_replicated: StepSummary


def workers_summary(found: WorkerExchange) -> WorkersSummary:
    """Return what is exchanged as plain values."""
    return WorkersSummary(
        workers=found.workers,
        batch=found.batch,
        params_held=found.held,
        exchange=[copy_summary(crossing) for crossing in found.blobs],
        bytes_per_step=_summary(found.step),
        bytes_per_step_replicated=_summary(found.replicated),
    )


def _summary(step: Step) -> StepSummary:
    return StepSummary(gradients=step.gradients, blobs=step.blobs, ordinals=step.ordinals, all=step.all)


def worker_tables(found: WorkerExchange) -> str:
    """Return the tables of the blobs that are exchanged, if any are, and of a step."""
    return "\n\n".join([*([_blobs(found)] if found.blobs else []), _steps(found)])


def _blobs(found: WorkerExchange) -> str:
    title = (
        f"What comes to each of {found.workers} workers for one of its own records, as float32; backward come gradients"
    )
    rows = [
        (printable(blob.name), blob.source, blob.target, exact(blob.forward), exact(blob.backward))
        for blob in found.blobs
    ]
    sums = traffic(found.blobs, per_item=True)
    last = (f"{len(rows)} exchanges", "", "", exact(sums.forward), exact(sums.backward))
    return "\n".join([title, "", *ruled(BLOBS, [*rows, last])])


def _steps(found: WorkerExchange) -> str:
    title = f"A step of {found.workers} workers, {exact(found.batch)} records each, of whose"
    held = f"{exact(found.parameters)} parameters each holds {exact(found.held)}"
    step, alone = found.step, found.replicated
    rows = [
        ("gradients of whole layers, in a ring", step.gradients, alone.gradients),
        ("rows and channels of blobs, forward and backward", step.blobs, alone.blobs),
        ("numbers of the records", step.ordinals, alone.ordinals),
        ("all", step.all, alone.all),
    ]
    lines = ruled(STEPS, [(name, exact(own), exact(other)) for name, own, other in rows])
    return "\n".join([f"{title} {held}", "", *lines])
