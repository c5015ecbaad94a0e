"""What is compared: a net, with another one or with a file of recorded blobs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from netdef.cli.compare_inputs import Inputs, arrays, inputs_of_b, those_among
from netdef.cli.python_layers import python_layers_allowed
from netdef.graph.build import AUTOMATIC
from netdef.graph.graph import Graph
from netdef.inspect.recording import Recording, blob_name, record
from netdef.inspect.recording_file import ENDINGS, as_recording, read_arrays
from netdef.loading import load
from netdef.net import Net
from netdef.weights.load import load_weights

Names = Mapping[str, str]
"""What blobs and layers of A are called in B, where not the same."""


class Side(Protocol):
    """What a net A is compared with; ``net`` is None where it was recorded."""

    @property
    def net(self) -> Net | None:
        """The net that runs."""

    def inputs(self, a: Graph, names: Names) -> Inputs:
        """Return the inputs of A that are known here."""

    def recording(self, fed: Inputs, names: Names, *, backward: bool) -> Recording:
        """Return what is computed of A's inputs."""


@dataclass(frozen=True)
class NetSide:
    """Another net."""

    net: Net

    def inputs(self, a: Graph, names: Names) -> Inputs:
        """Return nothing: a net knows no numbers."""
        return {}

    def recording(self, fed: Inputs, names: Names, *, backward: bool) -> Recording:
        """Run the net on A's inputs."""
        own = {names.get(name, name): array for name, array in fed.items()}
        return record(self.net, arrays(inputs_of_b(self.net.graph, own)), backward=backward)


@dataclass(frozen=True)
class FileSide:
    """What a file holds."""

    path: str
    recorded: Recording
    net: None = None

    def inputs(self, a: Graph, names: Names) -> Inputs:
        """Return the inputs of A that were recorded."""
        return those_among(self.recorded.blobs, a, names, self.path)

    def recording(self, fed: Inputs, names: Names, *, backward: bool) -> Recording:
        """Return what was recorded."""
        return self.recorded


def open_a(arguments: argparse.Namespace) -> Net:
    """Load A.

    Raises: what ``load`` raises.
    """
    return _open_net(arguments.a, arguments.weights_a or arguments.weights, arguments)


def open_b(arguments: argparse.Namespace, a: Graph, names: Names) -> Side:
    """Load B, or read its file; ``names`` says what it calls the blobs of A.

    Raises: what ``load`` raises, DataError if the file cannot be read.
    """
    model, weights = _split(arguments.b)
    if weights or not model.endswith(ENDINGS):
        return NetSide(_open_net(arguments.b, arguments.weights_b or arguments.weights, arguments))
    blobs = [names.get(value.name, value.name) for value in a.values() if value.name != AUTOMATIC]
    gradients = [blob_name(parameter, names) for parameter in a.learned()]
    return FileSide(arguments.b, as_recording(read_arrays(arguments.b), blobs, gradients))


def _open_net(word: str, weights: str | None, arguments: argparse.Namespace) -> Net:
    """Load the net that MODEL or MODEL:WEIGHTS names; ``weights`` are for one that has none of its own."""
    model, own = _split(word)
    net = load(
        model,
        phase=arguments.phase or "TEST",
        stages=arguments.stage,
        level=arguments.level,
        device="cpu",
        seed=arguments.seed,
        allow_python_layers=python_layers_allowed(arguments),
    )
    if given := own or weights:
        kept = ", ".join(f'"{entry.layer}"' for entry in load_weights(net, given).kept)
        if kept:
            print(f"{model}: {given} has no weights for {kept}: first values are kept", file=sys.stderr)
    return net


def _split(word: str) -> tuple[str, str]:
    model, _, weights = word.partition(":")
    return (word, "") if Path(word).exists() else (model, weights)
