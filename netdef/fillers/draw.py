"""Drawing the first values of a blob, each from a generator of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING

from netdef.fillers.fan import fan
from netdef.fillers.rules import check
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Generator, Tensor

Key = tuple[int | str, ...]
"""What a draw depends on and nothing else: (seed, layer name, blob index), for example."""


def fill(filler: schema.FillerParameter, tensor: Tensor, key: Key) -> None:
    """Fill a tensor in place as the filler says.

    The values depend on filler, shape and key alone: not on device, layout, or what was drawn before. They are
    drawn in float32 on the CPU.

    - constant: value
    - uniform: between min and max
    - gaussian: mean + std · N(0, 1); with sparse ≥ 0 each is kept with probability sparse / shape[0], else 0
    - positive_unitball: between 0 and 1, divided by the sum over all axes but the first
    - xavier: between −√(3/n) and √(3/n), n = ``fan``
    - msra: √(2/n) · N(0, 1), n = ``fan``
    - bilinear: (1 − |x/f − c|) · (1 − |y/f − c|) at column x and row y of width w, f = ⌈w/2⌉, c = (w − 1) / 2f

    Raises: OptionError, as ``check``.
    Source: filler.hpp; Glorot and Bengio 2010 (xavier), He et al. 2015 (msra).
    """
    import torch

    check(filler, tensor.shape)
    values = torch.empty(tensor.shape, dtype=torch.float32)
    _DRAWS[filler.type](filler, values, torch.Generator().manual_seed(_seed(key)))
    with torch.no_grad():
        tensor.copy_(values)


def _seed(key: Key) -> int:
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=8).digest(), "little")


def _constant(filler: schema.FillerParameter, values: Tensor, generator: Generator) -> None:
    values.fill_(filler.value)


def _uniform(filler: schema.FillerParameter, values: Tensor, generator: Generator) -> None:
    values.uniform_(filler.min, filler.max, generator=generator)


def _gaussian(filler: schema.FillerParameter, values: Tensor, generator: Generator) -> None:
    values.normal_(filler.mean, filler.std, generator=generator)
    if filler.sparse >= 0:
        kept = values.new_empty(values.shape).bernoulli_(filler.sparse / values.shape[0], generator=generator)
        values.mul_(kept)


def _positive_unitball(filler: schema.FillerParameter, values: Tensor, generator: Generator) -> None:
    rows = values.uniform_(generator=generator).view(values.shape[0], -1)
    rows.div_(rows.sum(dim=1, keepdim=True))


def _xavier(filler: schema.FillerParameter, values: Tensor, generator: Generator) -> None:
    bound = math.sqrt(3 / fan(filler, values.shape))
    values.uniform_(-bound, bound, generator=generator)


def _msra(filler: schema.FillerParameter, values: Tensor, generator: Generator) -> None:
    values.normal_(0, math.sqrt(2 / fan(filler, values.shape)), generator=generator)


def _bilinear(filler: schema.FillerParameter, values: Tensor, generator: Generator) -> None:
    width = values.shape[3]
    half = math.ceil(width / 2)
    centre = (width - 1) / (2 * half)
    profile = [1 - abs(x / half - centre) for x in range(width)]
    values.copy_(values.new_tensor([[row * column for column in profile] for row in profile]))


_DRAWS: dict[str, Callable[[schema.FillerParameter, Tensor, Generator], None]] = {
    "constant": _constant,
    "uniform": _uniform,
    "gaussian": _gaussian,
    "positive_unitball": _positive_unitball,
    "xavier": _xavier,
    "msra": _msra,
    "bilinear": _bilinear,
}
