"""Whether a layer of a net that is there can take bottoms of other shapes."""

from __future__ import annotations

from netdef.errors import DefinitionError, LayerError, Problem
from netdef.graph.fitting import check_parameters
from netdef.graph.graph import Node
from netdef.graph.problems import title
from netdef.layers.shape import Shape


def fitting_tops(node: Node, bottoms: tuple[tuple[int, ...], ...]) -> tuple[Shape, ...]:
    """Return the shapes of a layer's tops for bottoms of these shapes.

    Raises: DefinitionError if the layer's rules refuse them, or they need parameters of other shapes than it has.
    """
    try:
        tops = node.layer.shapes(*bottoms)
        check_parameters(node, bottoms)
    except LayerError as error:
        message = f"{title(node.layer.message)}: {error.message}"
        raise DefinitionError([Problem(message, node.place, error.hint, error.evidence)]) from error
    return tops
