"""The tensors of parameters as a run begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import NDArray
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
    given: NDArray[Any] | None = None,
) -> dict[Piece, Tensor]:
    """Make the tensors of a parameter that lies in ``pieces``; together they hold what one tensor would.

    That is what is ``given``, else what the layer says, else what its filler draws, else zeros. Those that the solver
    changes are ``nn.Parameter``s, which want a gradient if the layer ``learns``.
    """
    first = _values(parameter, owner, seed) if given is None else tensor_of(given).reshape(lengths(parameter.shape))
    make = torch.zeros if first is None else torch.empty
    tensors = [
        laid_out(
            make(lengths(cut(parameter.shape, piece.range)), device=devices[piece.device], dtype=dtype), channels_last
        )
        for piece in pieces
    ]
    if first is not None:
        Pieces(tuple(tensors), tuple(piece.range for piece in pieces)).fill(first)
    if parameter.learned:
        tensors = [nn.Parameter(tensor, requires_grad=learns) for tensor in tensors]
    return dict(zip(pieces, tensors, strict=True))


def _values(parameter: Parameter, owner: Node, seed: int) -> Tensor | None:
    """Return what the layer says, else what its filler draws; None for zeros."""
    said = owner.layer.first_values(parameter.index)
    if said is not None:
        return torch.from_numpy(said)
    if parameter.filler is None:
        return None
    values = torch.empty(lengths(parameter.shape))
    fill(parameter.filler, values, (seed, owner.key, parameter.index))
    return values


def tensor_of(array: NDArray[Any]) -> Tensor:
    """Return an array as a tensor, in the array's own memory if that may be written."""
    return torch.from_numpy(array) if array.flags.writeable else torch.tensor(array)
