"""Nets that can be looked at, but not run: the shapes of their parameters hang on data that is not there."""

from __future__ import annotations

from collections.abc import Container, Iterator

from netdef.errors import UsageError
from netdef.graph.graph import Graph, Node, Parameter
from netdef.layers.base import Layer
from netdef.layers.shape import count, show


def refuse_unknown(graph: Graph, given: Container[Parameter] = ()) -> None:
    """Check that the shape of every parameter and state is known, but for the parameters that are ``given``.

    Raises: UsageError that names the layer, and the source that leaves it open.
    """
    for node in graph.nodes:
        for what in _unknown(node, given):
            raise UsageError(
                "\n    ".join([f'layer "{node.name}" ({node.type}): {what} is not known', *_reasons(graph)])
            )


def _unknown(node: Node, given: Container[Parameter]) -> Iterator[str]:
    if _keeps_blobs(node.layer):
        yield from (f'the shape of its bottom "{bottom.name}"' for bottom in node.bottoms if bottom.shape is None)
    own = [use.parameter.shape for use in node.blobs if use.parameter not in given]
    for shape in (*own, *(spec.shape for spec in node.state)):
        if count(shape) is None:
            yield f"the shape of its blobs, {show(shape)},"


def _keeps_blobs(layer: Layer) -> bool:
    """Tell whether the type has parameters or state; which ones, only a bottom's shape would tell."""
    return any(getattr(type(layer), rule) is not getattr(Layer, rule) for rule in ("parameters", "state"))


def _reasons(graph: Graph) -> Iterator[str]:
    for source in graph.sources:
        if any(top.shape is None or None in top.shape for top in source.tops):
            lack = "it has no shape" if source.type == "Input" else "its data is not there, and it has no record_shape"
            yield f'layer "{source.name}" ({source.type}) does not say what it gives: {lack}'
