"""The tables of docs/scaling.md: what the scaling model says of some nets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.scaling_model import (
    COUNTS,
    ETHERNET,
    NETS,
    V100,
    WHOLE_BATCH,
    Cluster,
    Job,
    batch_of,
    graph_of,
    job,
    speed,
    step,
    with_products_split,
)

FEW_COUNTS = (2, 4, 8, 16, 32, 64)


def rows(model: str) -> Iterator[str]:
    """Go through the rows of a net's table: weak scaling, the same with products split, strong scaling."""
    graph = graph_of(model)
    batch = batch_of(graph)
    for count in COUNTS:
        whole, split = job(graph, count), job(with_products_split(graph, count), count)
        cells = [str(count), *_cells(whole, V100, batch), *_cells(split, V100, batch)]
        yield _row([*cells, *_cells(whole, V100, WHOLE_BATCH / count)])


def rows_of_ethernet() -> Iterator[str]:
    """Go through the rows of the table of a slow network: each net's speed, whole and with products split."""
    for count in FEW_COUNTS:
        cells = [str(count)]
        for graph in map(graph_of, NETS):
            jobs = job(graph, count), job(with_products_split(graph, count), count)
            cells += [f"{speed(work, ETHERNET, batch_of(graph)):,.0f}" for work in jobs]
        yield _row(cells)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(work: Job, cluster: Cluster, batch: float) -> list[str]:
    found = step(work, cluster, batch)
    return [f"{1000 * found.seconds:,.1f}", f"{speed(work, cluster, batch):,.0f}", found.bottleneck]


def tables() -> str:
    """Return the tables of all nets, then that of a slow network."""
    groups = ("ms", "products split: ms", f"{WHOLE_BATCH:,} images in all: ms")
    heading = [_row(["GPUs", *(name for group in groups for name in (group, "images/s", "bottleneck"))])]
    heading.append(_row(["---:", *("---:", "---:", "---") * len(groups)]))
    parts = []
    for model in NETS:
        title = f"**{graph_of(model).name}**, {batch_of(graph_of(model))} images a GPU"
        parts.append("\n".join([title, "", *heading, *rows(model)]))
    nets = [f"{graph_of(model).name}{split}" for model in NETS for split in ("", ", split")]
    slow = [_row(["GPUs", *nets]), _row(["---:"] * (1 + len(nets))), *rows_of_ethernet()]
    title = "**One GPU a machine, 10 Gbit/s between them**: images/s"
    return "\n\n".join([*parts, "\n".join([title, "", *slow])])
