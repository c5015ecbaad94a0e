"""The blobs that a net's caller gives it."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from netdef.errors import UsageError
from netdef.graph.fitting import refuse_misfits
from netdef.graph.graph import Graph
from netdef.layers.shape import Shape


class GivenBlobs:
    """Checks what is given to a graph; shapes that have been seen to fit are not looked at again."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._fitting: dict[str, Shape | None] = {top.name: top.shape for node in graph.sources for top in node.tops}

    def check(self, inputs: object) -> None:
        """Refuse all but tensors by name, and those of a shape that the layers cannot take.

        Raises: UsageError.
        """
        if not isinstance(inputs, Mapping):
            names = ", ".join(f'"{name}": …' for name in self._fitting)
            raise UsageError(
                f"the inputs are {_kind(inputs)}, must be tensors by the names of their blobs: {{{names}}}"
            )
        shapes: dict[str, Shape | None] = {}
        for name, blob in inputs.items():
            if not isinstance(blob, Tensor):
                hint = "torch.as_tensor makes one"
                raise UsageError(f'input blob "{name}" is {_kind(blob)}, must be a tensor\n    {hint}')
            if name in self._fitting:
                shapes[name] = blob.shape
        if shapes != self._fitting:
            refuse_misfits(self._graph, {name: tuple(inputs[name].shape) for name in shapes})
            self._fitting |= shapes


def _kind(value: object) -> str:
    kind = type(value)
    return f"of type {kind.__qualname__ if kind.__module__ == 'builtins' else f'{kind.__module__}.{kind.__qualname__}'}"
