"""A placed net as tables of text: what each device does, and what goes from one to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netdef.draw.columns import Column, Row, ruled
from netdef.draw.exchange import Crossing, crossings, traffic
from netdef.draw.loads import Load, loads
from netdef.draw.measures import Measures, total
from netdef.draw.words import channel_words, exact, in_bytes, printable
from netdef.graph.plan import Plan

ALL = "all"
LOADS = [Column("device")] + [
    Column(heading, numbers=True) for heading in ("parameters", "MACs", "activations", "copies", "training memory")
]
COPIES = [
    *(Column("blob"), Column("channels"), Column("from"), Column("to")),
    *(Column("bytes forward", numbers=True), Column("bytes backward", numbers=True)),
]
LOADS_TITLE = """What each device does: MACs for one item, activations made and copies brought there for a whole batch;
training memory: parameters, gradients and one history of the solver (SGD)"""


def placement_tables(plan: Plan, measures: Measures) -> Iterator[str]:
    """Return the tables of the devices, of the copies for each item, and of those once a pass; none for one device."""
    if len(plan.devices) == 1:
        return
    yield "\n".join([LOADS_TITLE, "", *ruled(LOADS, list(_load_rows(loads(plan, measures))))])
    copied = crossings(plan, measures.batch)
    for per_item, words in ((True, "for one item"), (False, "once a pass, whatever the batch")):
        if counted := [crossing for crossing in copied if crossing.per_item == per_item]:
            title = f"Copied between devices {words}, as float32; backward go the gradients of what is copied"
            yield "\n".join([title, "", *ruled(COPIES, [*map(_copy_row, counted), _copy_sums(counted, per_item)])])


def _load_rows(all_loads: Sequence[Load]) -> Iterator[Row]:
    columns = [
        [load["params"] for load in all_loads],
        [load["macs"] for load in all_loads],
        [load["activation_bytes"] for load in all_loads],
        [load["copied_bytes"] for load in all_loads],
        [load["training_bytes"] for load in all_loads],
    ]
    names = [*(printable(load["device"]) for load in all_loads), f"{len(all_loads)} devices"]
    for name, *numbers in zip(names, *([*column, total(column)] for column in columns), strict=True):
        params, macs, *sizes = numbers
        yield (name, exact(params), exact(macs), *map(in_bytes, sizes))


def _copy_row(crossing: Crossing) -> Row:
    channels = channel_words(crossing.range.start, crossing.range.stop) if crossing.range else ALL
    names = (printable(crossing.name), channels, printable(crossing.source), printable(crossing.target))
    return (*names, exact(crossing.forward), exact(crossing.backward) if crossing.backward != 0 else "")


def _copy_sums(counted: Sequence[Crossing], per_item: bool) -> Row:
    sums = traffic(counted, per_item=per_item)
    copies = f"{len(counted)} cop{'y' if len(counted) == 1 else 'ies'}"
    return (copies, "", "", "", exact(sums.forward), exact(sums.backward))
