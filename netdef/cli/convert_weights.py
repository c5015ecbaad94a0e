"""Convert weights between Caffe's formats and safetensors."""

from __future__ import annotations

import argparse

from netdef.cli.state import add_state_flags
from netdef.errors import UsageError

ENDINGS = (".caffemodel", ".caffemodel.h5", ".safetensors")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", metavar="IN", help="a .caffemodel of any age, .caffemodel.h5 or .safetensors")
    parser.add_argument("target", metavar="OUT", help="the ending says the format: one of these three")
    parser.add_argument("--model", metavar="M", help="write this net's layers, with their options and wiring")
    add_state_flags(parser, "TEST")
    parser.epilog = (
        "Without a model OUT holds the layers of IN: their names, types and blobs. With one, IN must have all its"
        " layers that have blobs; what else is in IN is passed over."
    )


def run(arguments: argparse.Namespace) -> int:
    """Read IN, write OUT and tell what is in it.

    Raises: WeightsError if IN cannot be read or does not fit the model, or OUT cannot be written; UsageError for an
    ending that is no format's; DefinitionError for the model's errors.
    """
    if not arguments.target.endswith(ENDINGS):
        raise UsageError(f"{arguments.target}: the ending must say the format: {', '.join(ENDINGS)}")
    convert = _through_model if arguments.model else _as_it_is
    convert(arguments)
    return 0


def _through_model(arguments: argparse.Namespace) -> None:
    from netdef.loading import load
    from netdef.weights.file import save_weights
    from netdef.weights.load import load_weights

    phase = arguments.phase or "TEST"
    net = load(arguments.model, phase=phase, stages=arguments.stage, level=arguments.level, device="cpu")
    report = load_weights(net, arguments.source, complete=True)
    save_weights(net, arguments.target)
    print(f"{report}\n{arguments.target}: {len(report.loaded)} layers with blobs")


def _as_it_is(arguments: argparse.Namespace) -> None:
    from netdef.weights.file import read_weights, save_contents
    from netdef.weights.format import Format, by_content, by_ending

    if by_content(arguments.source) is by_ending(arguments.target) is Format.BINARY:
        raise UsageError(
            f"{arguments.source} is a .caffemodel already, and may hold options that would be lost\n"
            "    `netdef upgrade IN OUT` brings it to today's form; --model M writes the layers of a net"
        )
    file = read_weights(arguments.source)
    save_contents(file, arguments.target)
    with_blobs = [layer for layer in file.layers if layer.blobs]
    print(f"{arguments.target}: {len(with_blobs)} layers with blobs")
