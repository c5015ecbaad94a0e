"""Random numbers without a generator: each is a hash of who asks for it, and where.

The same key gives the same bits on every device, in every part of a split batch, and again when a forward pass is
recomputed or a run is resumed; so no generator's state exists to be saved.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def stable_hash(*parts: object) -> int:
    """Return 31 bits that depend on the parts alone, the same in every process."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=4).digest()) & 0x7FFFFFFF


@dataclass(slots=True)
class Draws:
    """The random numbers of one layer in one pass.

    ``rows`` holds the ordinals of the batch's records (int64, one a row): row r of a bottom then draws by its record.
    A bottom whose rows are no records draws by ``iteration`` (a number, or a tensor of one) and position. Where the
    layer's channels are split over devices, ``first_channel`` is the part's first: it draws what the whole layer would
    there; so is ``first_row`` the place of the first row, where only a part of the batch is there.
    """

    seed: int
    layer: str
    iteration: int | Tensor = 0
    rows: Tensor | None = None
    first_channel: int = 0
    first_row: int = 0

    def bits(self, like: Tensor) -> Tensor:
        """Return 32 random bits for each element of ``like``: int32 from -2^31 to 2^31-1, of its shape and device."""
        import torch

        batch = like.shape[0] if like.dim() else 1
        size = like.numel() // max(batch, 1)
        start = self.first_channel * (size // like.shape[1]) if self.first_channel else 0
        index = torch.arange(start, start + size, dtype=torch.int32, device=like.device)
        rows = self._row_keys(batch, like)
        return _mix(_mix(index ^ stable_hash(self.seed, self.layer)) ^ rows[:, None]).view(like.shape)

    def uniform(self, like: Tensor) -> Tensor:
        """Return numbers in [0, 1) of ``like``'s shape and device, in steps of 2^-24, in float32 or what is wider."""
        import torch

        dtype = torch.promote_types(like.dtype, torch.float32)  # a 16-bit float would round some of them to 1
        return ((self.bits(like) >> 8) & 0xFFFFFF).to(dtype) * 2.0**-24

    def _row_keys(self, batch: int, like: Tensor) -> Tensor:
        import torch

        salt: int | Tensor
        if self.rows is not None and self.rows.shape[0] == batch:
            ordinals = self.rows.to(like.device)
            salt = stable_hash("record", self.seed, self.layer)
        else:
            ordinals = torch.arange(self.first_row, self.first_row + batch, device=like.device)
            salt = self._salt_of_iteration(like)
        return _scrambled(ordinals, salt)

    def _salt_of_iteration(self, like: Tensor) -> Tensor:
        """Return a hash of the iteration, made where the numbers are: a recorded pass may meet another one."""
        import torch

        iteration = self.iteration
        if isinstance(iteration, int):  # filled in there, and not copied from the host
            iteration = torch.full((), iteration, device=like.device)
        return _scrambled(iteration.to(like.device), stable_hash("row", self.seed, self.layer))


def _scrambled(words: Tensor, salt: int | Tensor) -> Tensor:
    """Return int32 hashes of int64 words."""
    return _mix(_mix(_signed(words & 0xFFFFFFFF) ^ salt) ^ _mix(_signed(words >> 32)))


def _signed(words: Tensor) -> Tensor:
    """Turn unsigned 32-bit words held in int64 into int32 with the same bits."""
    import torch

    return ((words ^ 0x80000000) - 0x80000000).to(torch.int32)


def _mix(words: Tensor) -> Tensor:
    """Scramble int32 words so that each input bit flips each output bit with probability near one half.

    Source: the lowbias32 hash (github.com/skeeto/hash-prospector); products wrap, as int32 arithmetic does in torch.
    """
    words = words ^ ((words >> 16) & 0xFFFF)
    words = words * 0x7FEB352D
    words = words ^ ((words >> 15) & 0x1FFFF)
    words = words * (0x846CA68B - 0x100000000)
    return words ^ ((words >> 16) & 0xFFFF)
