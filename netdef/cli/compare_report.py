"""What a comparison found, on the terminal: as a table, or as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from netdef.graph.graph import Node
from netdef.inspect.cause import Cause, causes, described, makers, named
from netdef.inspect.comparison import Comparison
from netdef.inspect.comparison_text import plain, text
from netdef.net import Net


def as_text(comparison: Comparison, a: Net, b: Net | None) -> str:
    """Return the table, and what differs in the layers where A and B first differ; a recorded B has no layers."""
    lines = text(comparison, lambda blob: [node.name for node in makers(a.graph, blob)])
    return "\n".join([*lines, *_first(comparison, a, b)])


def as_json(comparison: Comparison, a: Net, b: Net | None) -> str:
    """Return the numbers of the table, and what differs in the layers where A and B first differ."""
    found = [asdict(cause) for cause in _causes(comparison, a, b)]
    return json.dumps(plain(comparison) | {"causes": found}, ensure_ascii=False)


def _first(comparison: Comparison, a: Net, b: Net | None) -> Iterator[str]:
    found = comparison.first_blob or comparison.first_gradient
    if found is None:
        return
    what = "blob" if comparison.first_blob else "gradient"
    yield ""
    yield f'the first {what} that differs is "{found.name}":'
    if found.in_batch_only:
        yield f"  its batch alone is another: --batch {found.other_shape[0]} runs A on as many"
    for cause in _causes(comparison, a, b):
        yield f"  A: {cause.a}"
        if b is not None:
            yield f"  B: {cause.b}"
            yield from (f"     {line}" for line in cause.differs or ("options and parameters are the same",))


def _causes(comparison: Comparison, a: Net, b: Net | None) -> list[Cause]:
    ones, others = _layers(comparison, a, b)
    if b is None:
        return [Cause(described(node), "", ()) for node in ones]
    return causes(a, ones, b, others)


def _layers(comparison: Comparison, a: Net, b: Net | None) -> tuple[Sequence[Node], Sequence[Node]]:
    """Return the layers of both sides that make what first differs."""
    if found := comparison.first_blob:
        return makers(a.graph, found.name), makers(b.graph, found.other) if b else []
    if found := comparison.first_gradient:
        one, other = (name.rpartition("/")[0] for name in (found.name, found.other))
        return named(a.graph, one), named(b.graph, other) if b else []
    return [], []
