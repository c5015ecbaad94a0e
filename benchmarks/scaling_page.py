"""What the scaling model says, as tables and a picture.

Run it as ``python -m benchmarks.scaling_page [--write]`` in the repository's folder. It prints the tables; ``--write``
puts them into docs/scaling.md, and draws docs/pictures/scaling.svg.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from benchmarks.scaling_model import (
    COUNTS,
    NETS,
    ROOT,
    V100,
    WHOLE_BATCH,
    batch_of,
    efficiency,
    graph_of,
    job,
    with_products_split,
)
from benchmarks.scaling_tables import tables
from netdef.draw.picture import write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PAGE, PICTURE = ROOT / "docs" / "scaling.md", ROOT / "docs" / "pictures" / "scaling.svg"
BEGIN, END = "<!-- tables of benchmarks/scaling_page.py -->", "<!-- end of tables -->"
LINES = (
    ("data parallelism alone", "#0072B2", "-", "o"),
    ("fully connected layers split", "#D55E00", "-", "s"),
    (f"{WHOLE_BATCH:,} images in all, data parallelism", "#009E73", "--", "^"),
)


def with_tables(page: str, new: str) -> str:
    """Return the page with tables in the place of those that it has."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{new}\n\n{END}{after}"


def write() -> None:
    """Write tables and picture."""
    PAGE.write_text(with_tables(PAGE.read_text("utf-8"), tables()), "utf-8")
    write_figure(figure, PICTURE)


def curves(model: str) -> list[list[float]]:
    """Return the three curves of a net: shares, in percent, of the speed of as many single GPUs."""
    graph = graph_of(model)
    batch = batch_of(graph)
    whole = [(count, job(graph, count)) for count in COUNTS]
    split = [job(with_products_split(graph, count), count) for count in COUNTS]
    return [
        [100 * efficiency(graph, work, V100, batch, batch) for _, work in whole],
        [100 * efficiency(graph, work, V100, batch, batch) for work in split],
        [100 * efficiency(graph, work, V100, WHOLE_BATCH / count, batch) for count, work in whole],
    ]


def figure() -> Figure:
    """Draw a panel for each net."""
    from matplotlib.figure import Figure

    made = Figure(figsize=(9.0, 6.4), layout="constrained")
    panels = made.subplots(2, 2, sharex=True, sharey=True)
    for model, axes in zip(NETS, panels.flat, strict=True):
        _draw(axes, model)
    for axes in panels[1]:
        axes.set_xlabel("GPUs (8 a machine)")
    for axes in panels[:, 0]:
        axes.set_ylabel("% of so many single GPUs")
    made.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return made


def _draw(axes: Axes, model: str) -> None:
    graph = graph_of(model)
    for (label, color, style, marker), values in zip(LINES, curves(model), strict=True):
        axes.plot(COUNTS, values, style, color=color, marker=marker, markersize=4, label=label)
    axes.axvline(V100.per_machine, color="#888888", linewidth=0.8, linestyle=":")
    axes.set_xscale("log", base=2)
    axes.set_xticks(COUNTS[::2], [str(count) for count in COUNTS[::2]])
    axes.set_ylim(0, 105)
    axes.set_title(f"{graph.name}, {batch_of(graph)} images a GPU")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the tables and the picture of docs/scaling.md")
    asked = parser.parse_args()
    print(tables())
    if asked.write:
        write()


if __name__ == "__main__":
    main()
