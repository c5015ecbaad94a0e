"""Show a net's layers with their shapes, parameters, multiply-accumulates and memory."""

from __future__ import annotations

import argparse
import json

from netdef.cli.state import add_state_flags, state
from netdef.draw.summary import summary
from netdef.draw.table import table
from netdef.model import load_graph


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verb's flags."""
    parser.add_argument("model", help="prototxt file of the net")
    add_state_flags(parser, "TEST")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Print the summary of one phase.

    Raises: DefinitionError with everything wrong in the file, UsageError if no layer is left.
    """
    graph = load_graph(arguments.model, state(arguments, "TEST"))
    print(json.dumps(summary(graph), ensure_ascii=False) if arguments.json else table(graph))
    return 0
