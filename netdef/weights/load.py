"""Weights from files into a net."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from netdef.errors import WeightsError
from netdef.graph.graph import Graph, Parameter
from netdef.module.first_values import tensor_of
from netdef.net import Net
from netdef.suggest import nearest
from netdef.weights.contents import Array, LayerWeights
from netdef.weights.file import read_weights
from netdef.weights.match import Match, match
from netdef.weights.report import Entry, Report

Paths = str | Path | Sequence[str | Path]
SHOWN = 4  # layers in an error about weights of another net


@dataclass(frozen=True)
class Found:
    """The values that files have for a net's parameters, and what becomes of its layers."""

    values: dict[Parameter, Array]
    report: Report


def load_weights(net: Net, paths: Paths, *, complete: bool = False, none_will_do: bool = False) -> Report:
    """Copy weights into a net, and return what becomes of its layers; paths, rules and errors as in ``find_weights``.

    Raises: WeightsError; the net is then as before.
    """
    found = find_weights(net.graph, paths, complete=complete, none_will_do=none_will_do)
    copy_into(net, found.values.items())
    return found.report


def find_weights(graph: Graph, paths: Paths, *, complete: bool = False, none_will_do: bool = False) -> Found:
    """Read the weights of one or several files for a net, the later over the earlier, matched by layer name.

    ``paths`` is a path, several, or Caffe's list with commas. Layers that no file has keep their values; layers that
    only a file has are ignored. With ``complete`` no layer may keep its values. Unless ``none_will_do`` there must be
    one layer at least that net and files have.

    Raises: WeightsError if a file cannot be read or blobs do not fit, with all that do not.
    """
    matches = [match(graph, read_weights(path)) for path in split_paths(paths)]
    _refuse_misfits(graph, matches)
    report = _report(graph, matches)
    if complete and report.kept:
        missing = ", ".join(f'"{entry.layer}"' for entry in report.kept)
        files = ", ".join(report.files)
        raise WeightsError(f'{files}: layers of net "{graph.name}" are missing: {missing}')
    if report.kept and not report.loaded and not none_will_do:
        raise WeightsError(_strangers(report))
    return Found({parameter: array for found in matches for parameter, array in found.copies}, report)


def split_paths(paths: Paths) -> list[str | Path]:
    """Return the paths in a list with commas."""
    given = [paths] if isinstance(paths, str | Path) else paths
    return [part for path in given for part in (path.split(",") if isinstance(path, str) else [path]) if part]


def copy_into(net: Net, copies: Iterable[tuple[Parameter, Array]]) -> None:
    """Write arrays into the net's tensors, whatever their device, type and memory format."""
    pieces = net.pieces
    for parameter, array in copies:
        own = pieces[parameter]
        own.fill(tensor_of(array).reshape(own.shape))


def _refuse_misfits(graph: Graph, matches: list[Match]) -> None:
    lines = [line for found in matches if found.problems for line in _misfit(graph, found)]
    if lines:
        advice = "to learn a layer anew, give it another name in the net: it then keeps its first values"
        raise WeightsError("\n    ".join([*lines, advice]))


def _strangers(report: Report) -> str:
    files = ", ".join(report.files)
    own = [f'layer "{entry.layer}": {entry.reason}' for entry in report.kept[:SHOWN]]
    theirs = ", ".join(f'"{entry.layer}"' for entry in report.unused[:SHOWN]) or "none"
    head = f'{files}: has no weights for any layer of net "{report.net}": are they those of another net?'
    return "\n    ".join([head, *own, f"layers of the file: {theirs}"])


def _misfit(graph: Graph, found: Match) -> list[str]:
    return [f'{found.file.path} does not fit net "{graph.name}":', *found.problems]


def _report(graph: Graph, matches: list[Match]) -> Report:
    written = {parameter for found in matches for parameter, _ in found.copies}
    given = {source.name for found in matches for source in found.file.layers if source.blobs}
    return Report(
        net=graph.name,
        files=tuple(found.file.path for found in matches),
        loaded=tuple(_entry(source, f"from {found.file.path}") for found in matches for source in found.loaded),
        kept=tuple(_kept(graph, owner, given) for owner in _owners(graph, without=written)),
        ignored=tuple(_entry(source, "the net has no such layer") for found in matches for source in found.ignored),
    )


def _entry(source: LayerWeights, reason: str) -> Entry:
    return Entry(source.name, tuple(blob.shape for blob in source.blobs if blob is not None), reason)


def _owners(graph: Graph, without: set[Parameter]) -> list[str]:
    return list(dict.fromkeys(parameter.owner for parameter in graph.parameters if parameter not in without))


def _kept(graph: Graph, owner: str, given: set[str]) -> Entry:
    shapes = tuple(parameter.shape for parameter in graph.parameters if parameter.owner == owner)
    near = nearest(owner, given - {parameter.owner for parameter in graph.parameters})
    hint = f'; did you mean its layer "{near}"?' if near else ""
    return Entry(owner, shapes, f"not in the file{hint}")
