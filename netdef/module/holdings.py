"""Where a net's parameters are: which module holds which piece of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle, islice

from torch import Tensor

from netdef.graph.graph import Parameter
from netdef.graph.plan import Piece
from netdef.module.layer_module import LayerModule
from netdef.module.pieces import Pieces


class Holdings:
    """The tensors of a net's parameters, ``held`` in pieces, in the solver's order.

    ``tensors`` are all of them as the net is made; those that a module holds are asked of it, since moving a module to
    a device replaces its statistics.
    """

    def __init__(
        self,
        held: Mapping[Parameter, Sequence[Piece]],
        modules: Iterable[LayerModule],
        tensors: Mapping[Piece, Tensor],
    ) -> None:
        self._held = held
        self._holders = _holders(modules)
        self._lent = {piece: tensor for piece, tensor in tensors.items() if piece not in self._holders}
        self._instead: Mapping[Parameter, Pieces] = {}

    def tensor(self, piece: Piece) -> Tensor:
        """Return a piece of a parameter."""
        if piece not in self._holders:
            return self._lent[piece]
        module, index = self._holders[piece]
        tensor = module.held(index)
        assert tensor is not None
        return tensor

    def pieces(self) -> dict[Parameter, Pieces]:
        """Return each parameter as it lies."""
        return {parameter: self._instead.get(parameter) or self._own(parameter) for parameter in self._held}

    def _own(self, parameter: Parameter) -> Pieces:
        held = self._held[parameter]
        return Pieces(tuple(map(self.tensor, held)), tuple(piece.range for piece in held))

    @contextmanager
    def having(self, others: Mapping[Parameter, Pieces]) -> Iterator[None]:
        """Have other tensors of some parameters in ``pieces`` while the block runs."""
        self._instead = others
        try:
            yield
        finally:
            self._instead = {}

    def stored(self) -> list[tuple[Parameter, Tensor]]:
        """Return all tensors, piece by piece: what a solver updates."""
        return [(parameter, tensor) for parameter, own in self.pieces().items() for tensor in own.tensors]

    def joined(self, tensors: Sequence[Tensor]) -> list[Pieces]:
        """Return tensors that belong to those of ``stored``, once or several times over, by parameter."""
        own = list(self.pieces().values())
        queue, kinds = iter(tensors), len(tensors) // max(1, sum(len(one.tensors) for one in own))
        return [one.like(tuple(islice(queue, len(one.tensors)))) for one in islice(cycle(own), kinds * len(own))]


def _holders(modules: Iterable[LayerModule]) -> dict[Piece, tuple[LayerModule, int]]:
    """Return for each parameter's piece the first module that holds it, and its place there."""
    found: dict[Piece, tuple[LayerModule, int]] = {}
    for module in modules:
        for index, takes in enumerate(module.step.blobs):
            if module.held(index) is not None:
                found.setdefault(takes[0].piece, (module, index))
    return found
