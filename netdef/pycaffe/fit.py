"""Whether a layer of a net that is there can take bottoms of other shapes."""

from __future__ import annotations

from collections.abc import Sequence

from netdef.errors import DefinitionError, LayerError, Problem, ShapeError
from netdef.graph.graph import Node
from netdef.graph.problems import title
from netdef.layers.shape import Shape, show


def fitting_tops(node: Node, bottoms: Sequence[tuple[int, ...]]) -> tuple[Shape, ...]:
    """Return the shapes of a layer's tops for bottoms of these shapes.

    Raises: DefinitionError if the layer's rules refuse them, or they need parameters of other shapes than it has.
    """
    try:
        tops = node.layer.shapes(*bottoms)
        _check_parameters(node, bottoms)
    except LayerError as error:
        message = f"{title(node.layer.message)}: {error.message}"
        raise DefinitionError([Problem(message, node.place, error.hint, error.evidence)]) from error
    return tops


def _check_parameters(node: Node, bottoms: Sequence[tuple[int, ...]]) -> None:
    for index, (needed, use) in enumerate(zip(node.layer.parameters(*bottoms), node.blobs, strict=False)):
        if needed.shape != use.shape:
            shown = " and ".join(map(show, bottoms))
            message = (
                f"a bottom of {shown} needs a parameter {index} of {show(needed.shape)}, it is of {show(use.shape)}"
            )
            raise ShapeError(message, hint="parameters keep their shapes: reshape inputs to what the net was made for")
