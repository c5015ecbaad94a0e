"""Show a net's layers with their shapes, parameters, multiply-accumulates and memory."""

from __future__ import annotations

import argparse
import json

from netdef.cli.positive import positive
from netdef.cli.state import add_state_flags, state
from netdef.draw.summary import summary
from netdef.draw.table import table
from netdef.draw.worker_exchange import worker_exchange
from netdef.draw.worker_tables import worker_tables, workers_summary
from netdef.graph.graph import Graph
from netdef.model import load_graph


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verb's flags."""
    parser.add_argument("model", help="prototxt file of the net")
    add_state_flags(parser, "TEST")
    workers = (
        "what comes to each of N workers in a step, and what would without over_workers (phase TRAIN, if none is named)"
    )
    parser.add_argument("--workers", type=positive, default=0, metavar="N", help=workers)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Print the summary of one phase.

    Raises: DefinitionError with everything wrong in the file, UsageError if no layer is left.
    """
    graph = load_graph(arguments.model, state(arguments, "TRAIN" if arguments.workers else "TEST"))
    print(_as_json(graph, arguments.workers) if arguments.json else _as_text(graph, arguments.workers))
    return 0


def _as_json(graph: Graph, workers: int) -> str:
    of_workers = {"workers": workers_summary(worker_exchange(graph, workers))} if workers else {}
    return json.dumps({**summary(graph), **of_workers}, ensure_ascii=False)


def _as_text(graph: Graph, workers: int) -> str:
    return "\n\n".join([table(graph), *([worker_tables(worker_exchange(graph, workers))] if workers else [])])
