"""The arrays on which nets are compared: those of a file, else numbers that everybody can make anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from netdef.cli.random_inputs import input_shape
from netdef.errors import UsageError
from netdef.graph.graph import Graph, Value
from netdef.inspect.recording import Array
from netdef.inspect.recording_file import as_recording, read_arrays
from netdef.layers.shape import compatible, show


@dataclass(frozen=True)
class Input:
    """An array for an input of a net, and where it is from."""

    array: Array
    origin: str


Inputs = Mapping[str, Input]


def arrays(inputs: Inputs) -> dict[str, Array]:
    """Return the arrays alone."""
    return {name: one.array for name, one in inputs.items()}


def read_inputs(path: str, graph: Graph) -> Inputs:
    """Read the inputs of a net from a file.

    Raises: DataError if it cannot be read, UsageError if it has none of them.
    """
    names = [top.name for top in _tops(graph)]
    there = read_arrays(path)
    found = those_among(as_recording(there, names, ()).blobs, graph, {}, path)
    if not found:
        raise UsageError(f"{path} has none of the net's inputs ({', '.join(names)}); it has: {', '.join(there)}")
    return found


def those_among(blobs: Mapping[str, Array], graph: Graph, names: Mapping[str, str], origin: str) -> Inputs:
    """Return the inputs of a net that are among recorded blobs; ``names`` tells what they are called there."""
    pairs = ((top.name, names.get(top.name, top.name)) for top in _tops(graph))
    return {name: Input(blobs[other], origin) for name, other in pairs if other in blobs}


def inputs(graph: Graph, given: Inputs, *, batch: int | None, seed: int) -> Inputs:
    """Return an array for each top of each source: the given one, else random numbers, zeros where it has one axis.

    The random numbers are ``numpy.random.RandomState(seed).rand(*shape)`` as float32, one input after the other.

    Raises: UsageError for an array that does not fit, or a shape that nobody knows.
    """
    numbers = np.random.RandomState(seed)  # an old generator, whose numbers are the same in all versions of NumPy
    return {
        top.name: _checked(top, given[top.name]) if top.name in given else _made(input_shape(top, batch), numbers, seed)
        for top in _tops(graph)
    }


def _made(shape: tuple[int, ...], numbers: np.random.RandomState, seed: int) -> Input:
    if len(shape) < 2:
        return Input(np.zeros(shape, np.float32), "zeros")
    return Input(numbers.rand(*shape).astype(np.float32), f"random, seed {seed}")


def inputs_of_b(graph: Graph, given: Inputs) -> Inputs:
    """Return what net B is fed with: the inputs of A by the names that they have in B; labels that A has not are zeros.

    Raises: UsageError for an input that A has not, or that does not fit.
    """
    for top in _tops(graph):
        if top.name not in given and (top.shape is None or len(top.shape) > 1):
            hint = f"say which is the same: --map {next(iter(given), 'X')}={top.name}"
            raise UsageError(f'B has an input "{top.name}", A has {", ".join(given) or "none"}\n    {hint}')
    rows = next((len(one.array) for one in given.values()), None)
    return inputs(graph, given, batch=rows, seed=0)


def _tops(graph: Graph) -> Iterator[Value]:
    return (top for node in graph.sources for top in node.tops)


def _checked(top: Value, given: Input) -> Input:
    shape = given.array.shape
    if top.shape is not None and not compatible((None, *top.shape[1:]), (None, *shape[1:])):
        found = f'{given.origin}: input "{top.name}" is {show(shape)}'
        raise UsageError(f"{found}, but the net takes {show(top.shape)}: only the first number may differ")
    return given
