"""Whether a net can take blobs of other shapes than those it was made for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netdef.errors import LayerError, ShapeError, UsageError
from netdef.graph.graph import Graph, Node, Value
from netdef.layers.base import ParameterSpec, StateSpec
from netdef.layers.shape import Shape, compatible, show


def refuse_misfits(graph: Graph, given: Mapping[str, Shape]) -> None:
    """Check that all layers, with the parameters that they have, can take input blobs of these shapes.

    What comes out of a layer that does not follow from shapes alone is taken to fit.

    Raises: UsageError that names the first layer that cannot, and the shapes that the net was made for.
    """
    shapes: dict[Value, Shape] = {}
    for node in graph.nodes:
        if node.layer.source:
            shapes |= {top: given[top.name] for top in node.tops if top.name in given}
        elif node.layer.traceable and all(bottom in shapes for bottom in node.bottoms):
            bottoms = tuple(shapes[bottom] for bottom in node.bottoms)
            try:
                shapes |= zip(node.tops, node.layer.shapes(*bottoms), strict=False)
                check_parameters(node, bottoms)
            except LayerError as error:
                raise UsageError("\n    ".join(_lines(graph, given, node, error))) from error


def check_parameters(node: Node, bottoms: tuple[Shape, ...]) -> None:
    """Compare the parameters and statistics that a layer has with those that it would have if made for these bottoms.

    Raises: ShapeError for the first of another shape.
    """
    saved = (state for state in node.layer.state(*bottoms) if state.saved)
    specs: list[ParameterSpec | StateSpec] = [*node.layer.parameters(*bottoms), *saved]
    for index, (needed, use) in enumerate(zip(specs, node.blobs, strict=True)):
        if not compatible(needed.shape, use.shape):
            message = (
                f"a bottom of {' and '.join(map(show, bottoms))} needs a parameter {index} of {show(needed.shape)}"
            )
            hint = "parameters keep their shapes: reshape inputs to what the net was made for"
            raise ShapeError(f"{message}, it is of {show(use.shape)}", hint=hint)


def _lines(graph: Graph, given: Mapping[str, Shape], node: Node, error: LayerError) -> Iterator[str]:
    blobs = ", ".join(f'"{name}" {show(shape)}' for name, shape in given.items())
    yield f'net "{graph.name}" cannot take {blobs}: layer "{node.name}" ({node.type}): {error}'
    bottoms = (bottom for bottom in node.bottoms if bottom.shape is not None)
    yield from (f'it was made for "{bottom.name}" {show(bottom.shape or ())} there' for bottom in bottoms)
    tops = (top for source in graph.sources for top in source.tops if top.name in given and top.shape is not None)
    made_for = ", ".join(f'"{top.name}" {show(top.shape or ())}' for top in tops)
    yield f"give it what it was made for ({made_for}; the batch may be longer or shorter), or change the file's shape"
