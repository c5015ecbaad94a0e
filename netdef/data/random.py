"""Random numbers with a key: no generator, so no state that a snapshot would have to save.

Each number is a word of Philox4x32-10, a block cipher of (key, counter). The key says who draws (seed, net, layer),
the counter for what (the ordinal of a record, the number of an epoch).

Source: Salmon et al., Parallel random numbers: as easy as 1, 2, 3 (2011), section 4.3.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
"""Numbers from 0 to 2^32 - 1."""

_LOW = np.uint64(0xFFFFFFFF)
_HIGH = np.uint64(32)
_MULTIPLIER_0, _MULTIPLIER_1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_KEY_STEP_0, _KEY_STEP_1 = 0x9E3779B9, 0xBB67AE85
_ROUNDS = 10


def make_key(*parts: object) -> int:
    """Return 64 bits that depend on the parts alone, the same in every process."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


def draw(key: int, counters: NDArray[np.int64]) -> Words:
    """Return four words for each counter, shape 4×N."""
    low, high = counters.astype(np.uint64) & _LOW, counters.astype(np.uint64) >> _HIGH
    zero = np.zeros_like(low)
    return philox((low, high, zero, zero), (key & 0xFFFFFFFF, key >> 32))


def philox(counter: tuple[Words, Words, Words, Words], key: tuple[int, int]) -> Words:
    """Encrypt N counters of four words under ``key``, two words; the result has shape 4×N."""
    first, second, third, fourth = counter
    key_0, key_1 = key
    for _ in range(_ROUNDS):
        product_0, product_1 = first * _MULTIPLIER_0, third * _MULTIPLIER_1
        first = (product_1 >> _HIGH) ^ second ^ np.uint64(key_0)
        third = (product_0 >> _HIGH) ^ fourth ^ np.uint64(key_1)
        second, fourth = product_1 & _LOW, product_0 & _LOW
        key_0, key_1 = (key_0 + _KEY_STEP_0) & 0xFFFFFFFF, (key_1 + _KEY_STEP_1) & 0xFFFFFFFF
    return np.stack((first, second, third, fourth))


def coin(words: Words) -> NDArray[np.bool_]:
    """Turn words into True and False, one half each."""
    return words >= np.uint64(1 << 31)


def gaussian(words: Words) -> NDArray[np.float64]:
    """Turn words into numbers of a Gaussian of mean 0 and deviation 1; rows 0 and 1, 2 and 3 make two rows each.

    Source: Box and Muller, A note on the generation of random normal deviates (1958).
    """
    lengths, turns = (words[part::2] / 2.0**32 for part in (0, 1))
    radius, angle = np.sqrt(-2 * np.log1p(-lengths)), 2 * np.pi * turns
    return np.concatenate((radius * np.cos(angle), radius * np.sin(angle)))


def permutation(key: int, length: int) -> NDArray[np.int64]:
    """Return the numbers 0 to ``length`` - 1 in an order that depends on the key alone."""
    first, second, *_ = draw(key, np.arange(length))
    return np.argsort((first << _HIGH) | second, kind="stable")
