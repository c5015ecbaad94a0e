"""Compare what two nets compute, layer by layer, or a net with blobs that were recorded elsewhere."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from netdef.cli.python_layers import add_python_flag
from netdef.cli.state import add_state_flags
from netdef.errors import UsageError

if TYPE_CHECKING:
    from netdef.cli.compare_inputs import Inputs
    from netdef.cli.compare_nets import Names, Side
    from netdef.inspect.recording import Recording
    from netdef.net import Net

TOLERANCE = 1e-4


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    add = parser.add_argument
    add("a", metavar="A", help="a model file, or MODEL:WEIGHTS")
    add("b", metavar="B", nargs="?", help="another, or a file of recorded blobs: .npz, .h5")
    add("--weights", metavar="W", help="weights for each net that has none of its own")
    add("--weights-a", metavar="W", help="weights for A")
    add("--weights-b", metavar="W", help="weights for B")
    add("--input", metavar="NPZ", help="arrays by the names of A's inputs (default: those recorded in B, else random)")
    add("--batch", type=int, metavar="N", help="first axis of random inputs (default: the file's)")
    add("--seed", type=int, default=0, metavar="N", help="of random inputs and first parameters (default: 0)")
    add("--map", action="append", default=[], metavar="X=Y", help="what A calls X is Y in B; may be repeated")
    add("--backward", action="store_true", help="compare the gradients of parameters, too")
    add(
        "--tolerance",
        type=float,
        default=TOLERANCE,
        metavar="T",
        help="of an array's largest magnitude (default: 1e-4)",
    )
    add("--record", metavar="NPZ", help="write A's blobs to a file, to be compared elsewhere; B may then be left out")
    add("--json", action="store_true", help="print one JSON object instead of a table")
    add_state_flags(parser, "TEST")
    add_python_flag(parser)
    parser.epilog = (
        "Blobs are compared by name, each in its last version. In a file of recorded blobs an array is called as its"
        " blob, or out/<blob>, where a bar may stand for a slash. Exit code: 0 if all agree, 1 if any differs by more"
        " than the tolerance."
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the nets and print how far each blob of A lies from its counterpart in B.

    Raises: UsageError if nothing can be compared; DefinitionError, WeightsError, DataError for files with errors.
    """
    from netdef.cli.compare_inputs import arrays, inputs, read_inputs
    from netdef.cli.compare_nets import open_a, open_b
    from netdef.inspect.recording import record
    from netdef.inspect.recording_file import write_recording

    if not arguments.b and not arguments.record:
        raise UsageError("with what? give a second net, or a file of recorded blobs; --record NPZ writes one")
    names = _names(arguments.map)
    a = open_a(arguments)
    b = open_b(arguments, a.graph, names) if arguments.b else None
    known = read_inputs(arguments.input, a.graph) if arguments.input else b.inputs(a.graph, names) if b else {}
    fed = inputs(a.graph, known, batch=arguments.batch, seed=arguments.seed)
    recording = record(a, arrays(fed), backward=arguments.backward)
    if arguments.record:
        write_recording(recording, arguments.record)
    return _compare(arguments, a, recording, b, fed, names) if b else 0


def _names(pairs: Sequence[str]) -> Names:
    """Return what blobs and layers of A are called in B, from words X=Y."""
    for pair in pairs:
        if not all(pair.partition("=")):
            raise UsageError(f"--map {pair}: must be X=Y, where X is a name in A, and Y what it is called in B")
    return {name: other for name, _, other in (pair.partition("=") for pair in pairs)}


def _compare(arguments: argparse.Namespace, a: Net, recording: Recording, b: Side, fed: Inputs, names: Names) -> int:
    from netdef.cli.compare_report import as_json, as_text
    from netdef.inspect.comparison import compare

    other = b.recording(fed, names, backward=arguments.backward)
    _refuse_unknown(names, recording, other)
    comparison = compare(recording, other, names, arguments.tolerance)
    if all(found.name in fed for found in comparison.blobs):
        raise UsageError(
            f"nothing can be compared but inputs: A has {', '.join(recording.blobs)}; B has {', '.join(other.blobs)}\n"
            "    say which are the same: --map X=Y"
        )
    if arguments.json:
        print(as_json(comparison, a, b.net))
    else:
        origins = ", ".join(f"{name} ({one.origin})" for name, one in fed.items())
        print(f"inputs: {origins}\n\n{as_text(comparison, a, b.net)}")
    return int(comparison.exceeds)


def _refuse_unknown(names: Names, a: Recording, b: Recording) -> None:
    from netdef.suggest import did_you_mean

    for side, recording, given in (("A", a, names.keys()), ("B", b, names.values())):
        for name in given:
            if name not in recording.names:
                hint = did_you_mean(name, recording.names) or f"there are: {', '.join(recording.names)}"
                raise UsageError(f'--map: {side} has no blob or layer "{name}"\n    {hint}')
