"""Draw a net as SVG, PNG, PDF, HTML or Graphviz source."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from netdef.cli.positive import positive
from netdef.cli.state import PHASES, add_state_flags, state
from netdef.draw.dot import RANKDIRS, dot
from netdef.draw.page import page
from netdef.draw.render import FORMATS, render
from netdef.draw.schedule import schedule_dot
from netdef.errors import NetdefError, UsageError
from netdef.graph.graph import Graph
from netdef.graph.pipeline import pipeline
from netdef.graph.place import place
from netdef.graph.rules import refuse_unknown_stages
from netdef.graph.schedule import schedule
from netdef.graph.states import mentioned_states
from netdef.graph.typed import load_typed
from netdef.model import graph_of
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Loaded

SUFFIXES = (*FORMATS, "dot", "html")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the verb's flags."""
    parser.add_argument("model", help="prototxt file of the net")
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help=f"file to write: .{', .'.join(SUFFIXES)}")
    add_state_flags(parser, "all phases in one picture")
    parser.add_argument(
        "--rankdir", choices=RANKDIRS, default="TB", help="where data flows: top to bottom, left to right"
    )
    parser.add_argument(
        "--schedule", action="store_true", help="draw when each device works on which micro-batch, instead of the net"
    )
    parser.add_argument(
        "--micro-batches", type=positive, default=4, metavar="N", help="parts of a batch in the schedule (default: 4)"
    )
    parser.add_argument("--display-lrm", action="store_true", help="tell the learning-rate multipliers of each layer")


def run(arguments: argparse.Namespace) -> int:
    """Draw one phase, or all of them in one picture; or the schedule of one, of TRAIN unless another is given.

    Raises: DefinitionError with everything wrong in the file, UsageError if the picture cannot be drawn or written.
    """
    output = Path(arguments.output)
    form = output.suffix.lower().removeprefix(".")
    if form not in SUFFIXES:
        raise UsageError(
            f"{output}: netdef draws .{', .'.join(SUFFIXES)}, not {output.suffix or 'files without a suffix'}"
        )
    net = load_typed(arguments.model)
    refuse_unknown_stages(net.file, net.message, arguments.stage)
    source, name = _schedule(net, arguments) if arguments.schedule else _net(net, arguments)
    try:
        output.write_bytes(_picture(source, form, name))
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}") from error
    return 0


def _net(net: Loaded[schema.NetParameter], arguments: argparse.Namespace) -> tuple[str, str]:
    graphs = _graphs(net, arguments)
    return dot(graphs, arguments.rankdir, with_rates=arguments.display_lrm), graphs[0].name


def _schedule(net: Loaded[schema.NetParameter], arguments: argparse.Namespace) -> tuple[str, str]:
    graph = graph_of(net, state(arguments, "TRAIN"))
    plan = place(graph)
    if len(plan.devices) == 1:
        raise UsageError(
            f'net "{graph.name}" runs on one device, so nothing works beside it: give layers devices of their own'
            ' (`device: "1"`), group by group'
        )
    entries = schedule(plan, pipeline(plan), arguments.micro_batches)
    return schedule_dot(entries, plan.devices, graph.name), graph.name


def _picture(source: str, form: str, name: str) -> bytes:
    if form == "dot":
        return source.encode()
    return page(render(source, "svg"), name).encode() if form == "html" else render(source, form)


def _graphs(net: Loaded[schema.NetParameter], arguments: argparse.Namespace) -> Sequence[Graph]:
    """Build the phases asked for; where all are, those that can be built, and tell why others cannot.

    A phase that needs a stage, where none is given, is built once for each stage that the file's rules speak of.
    """
    if arguments.phase:
        return [graph_of(net, state(arguments, arguments.phase))]
    graphs: list[Graph] = []
    failures: dict[str, NetdefError] = {}
    for phase in PHASES:
        try:
            graphs.append(graph_of(net, state(arguments, phase)))
        except NetdefError as error:
            staged = [] if arguments.stage else list(_staged(net, phase))
            graphs.extend(staged)
            if not staged:
                failures[phase] = error
    if not graphs:
        raise next(iter(failures.values()))
    for phase, failure in failures.items():
        print(f"phase {phase} is left out: {failure}", file=sys.stderr)
    return graphs


def _staged(net: Loaded[schema.NetParameter], phase: str) -> Iterator[Graph]:
    for staged in mentioned_states(net.message):
        if staged.stage and staged.phase == schema.Phase.Value(phase):
            with suppress(NetdefError):
                yield graph_of(net, staged)
