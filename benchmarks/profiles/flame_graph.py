"""Spans as a flame graph: an SVG in which a box is as wide as its time, and hangs from the one that it is part of.

Run it as ``python -m benchmarks.profiles.flame_graph NET OUT.svg [--batch B] [--threads N] [--steps 5]`` in the
repository's folder: training steps of a net, its layers forward, the same layers backward, and the update.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from colorsys import hls_to_rgb
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from zlib import crc32

from benchmarks.contest.case import Case
from benchmarks.profiles.layer_spans import in_parts, labelled_step
from benchmarks.profiles.spans import Span, spans_of

WIDTH, ROW, LETTER = 1200, 18, 6.6  # pixels
NARROWEST = 0.6  # pixels: narrower boxes are left out
DEEPEST = 5


@dataclass
class Frame:
    """All spans of one name in the same place, put together."""

    name: str
    microseconds: float = 0.0
    inner: dict[str, Frame] = field(default_factory=dict)

    def add(self, spans: Iterable[Span]) -> None:
        for span in spans:
            frame = self.inner.setdefault(span.name, Frame(span.name))
            frame.microseconds += span.length
            frame.add(span.inner)


def svg(root: Frame, title: str) -> str:
    """Draw a frame and all in it; the whole takes the whole width."""
    boxes = list(_boxes(root, 0.0, 0, WIDTH / root.microseconds, root.microseconds))
    height = ROW * (DEEPEST + 2)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="monospace">'
    style = "<style>text{font-size:11px;pointer-events:none}</style>"
    words = f'<text x="4" y="13">{escape(title)}</text>'
    return "\n".join([head, style, words, *boxes, "</svg>", ""])


def _boxes(frame: Frame, left: float, depth: int, scale: float, whole: float) -> Iterator[str]:
    width = frame.microseconds * scale
    if width < NARROWEST or depth > DEEPEST:
        return
    top = ROW * (depth + 1)
    tip = f"{frame.name}: {frame.microseconds / 1e3:.2f} ms, {frame.microseconds / whole:.1%}"
    box = f'<rect x="{left:.1f}" y="{top}" width="{width:.1f}" height="{ROW - 1}" fill="{_colour(frame.name)}"/>'
    letters = int(width / LETTER)
    text = f'<text x="{left + 2:.1f}" y="{top + 13}">{escape(frame.name[:letters])}</text>' if letters > 2 else ""
    yield f"<g><title>{escape(tip)}</title>{box}{text}</g>"
    for inner in frame.inner.values():
        yield from _boxes(inner, left, depth + 1, scale, whole)
        left += inner.microseconds * scale


def _colour(name: str) -> str:
    """A name has the same colour everywhere, forward and backward."""
    red, green, blue = hls_to_rgb(crc32(name.encode()) % 360 / 360, 0.75, 0.6)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"  # as all programs read colours


def flame(step: Span) -> Frame:
    """Return the frames of a step."""
    root = Frame(step.name, step.length)
    root.add(step.inner)
    return root


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("net")
    parser.add_argument("out", type=Path)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=5)
    arguments = parser.parse_args()
    case = Case(arguments.net, "train", arguments.batch)
    steps = spans_of(labelled_step(case, arguments.threads), arguments.steps)
    fastest = min(steps, key=lambda step: step.length)
    milliseconds = f"{fastest.length / 1e3:.1f} ms, threads: {arguments.threads}"
    title = f"The fastest of {len(steps)} steps of {case.title}: {milliseconds}"
    arguments.out.write_text(svg(flame(in_parts(fastest)), title))


if __name__ == "__main__":
    main()
