"""One pass over a net, forward and back, as a trace that viewers show: chrome://tracing, ui.perfetto.dev."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from torch import Tensor
from torch.profiler import profile, record_function

from netdef.cli.iteration_time import Precision
from netdef.cli.layer_time import LayerPass
from netdef.graph.graph import Node
from netdef.net import Net


def trace(net: Net, inputs: Mapping[str, Tensor], precision: Precision) -> bytes:
    """Return a pass as JSON in Chrome's trace event format.

    Each layer has a span ``NAME forward``, and ``NAME backward`` where a gradient goes through it; what torch runs for
    it lies below.
    """
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # the profiler would announce its start and end on standard error
    names: dict[str, str] = {}

    def span(node: Node, way: str) -> record_function:
        # The profiler cannot write all characters that a name may have.
        label = f"layer {node.index} {way}"
        names[label] = f"{node.name} {way}"
        return record_function(label)

    LayerPass(net, inputs, precision).run()
    with profile() as profiler:
        LayerPass(net, inputs, precision, span).run()
    return json.dumps(_named(_exported(profiler), names)).encode()


def _exported(profiler: profile) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "trace.json")
        profiler.export_chrome_trace(str(path))
        exported: dict[str, Any] = json.loads(path.read_bytes())
    return exported


def _named(exported: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    for event in exported["traceEvents"]:
        event["name"] = names.get(event["name"], event["name"])
    return exported
