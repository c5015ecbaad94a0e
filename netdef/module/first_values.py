"""The tensors of parameters as a run begins."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from netdef.fillers import fill
from netdef.graph.graph import Node, Parameter
from netdef.graph.plan import Piece
from netdef.graph.ranges import cut
from netdef.module.layer_module import lengths
from netdef.module.layout import laid_out
from netdef.module.pieces import Pieces


def first_tensors(
    parameter: Parameter,
    owner: Node,
    pieces: tuple[Piece, ...],
    devices: Mapping[str, torch.device],
    *,
    seed: int,
    dtype: torch.dtype,
    channels_last: bool,
    learns: bool,
) -> dict[Piece, Tensor]:
    """Make the tensors of a parameter that lies in ``pieces``; together they hold what one tensor would.

    Those that the solver changes are ``nn.Parameter``s, which want a gradient if the layer ``learns``.
    """
    tensors = [
        laid_out(
            torch.zeros(lengths(cut(parameter.shape, piece.range)), device=devices[piece.device], dtype=dtype),
            channels_last,
        )
        for piece in pieces
    ]
    first = _values(parameter, owner, seed)
    if first is not None:
        Pieces(tuple(tensors), tuple(piece.range for piece in pieces)).fill(first)
    if parameter.learned:
        tensors = [nn.Parameter(tensor, requires_grad=learns) for tensor in tensors]
    return dict(zip(pieces, tensors, strict=True))


def _values(parameter: Parameter, owner: Node, seed: int) -> Tensor | None:
    """Return what the layer says, else what its filler draws; None for zeros."""
    given = owner.layer.first_values(parameter.index)
    if given is not None:
        return torch.from_numpy(given)
    if parameter.filler is None:
        return None
    values = torch.empty(lengths(parameter.shape))
    fill(parameter.filler, values, (seed, owner.key, parameter.index))
    return values
