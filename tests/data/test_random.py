from __future__ import annotations

import numpy as np
import pytest

from netdef.data.random import coin, draw, gaussian, make_key, permutation, philox

PI = (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0)
ONES = (0xFFFFFFFF,) * 6


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((0,) * 6, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (ONES, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (PI, (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
    ],
)
def test_philox_gives_the_published_numbers(words: tuple[int, ...], expected: tuple[int, ...]) -> None:
    # Source: kat_vectors of Random123, philox 4x32 with 10 rounds.
    a, b, c, d = (np.array([word], np.uint64) for word in words[:4])
    assert tuple(philox((a, b, c, d), (words[4], words[5]))[:, 0].tolist()) == expected


def test_draws_depend_on_key_and_counter_alone() -> None:
    key = make_key(7, "net", "data")
    together, later = draw(key, np.arange(10)), draw(key, np.array([8, 3]))
    assert np.array_equal(together[:, [8, 3]], later)
    assert not np.any(together == draw(make_key(7, "net", "other"), np.arange(10)))


def test_counters_beyond_32_bits_differ() -> None:
    words = draw(1, np.array([5, 5 + 2**32]))
    assert not np.any(words[:, 0] == words[:, 1])


def test_keys_are_the_same_in_every_process() -> None:
    assert make_key(1, "", "data") == 0x662EB406793AFDE3
    assert make_key(1, "data", "") != 0x662EB406793AFDE3


def test_words_fill_their_range_evenly() -> None:
    words = draw(make_key(1), np.arange(20000))
    assert words.max() < 2**32
    for row in words:
        counts = np.bincount((row >> np.uint64(29)).astype(np.int64), minlength=8)
        assert abs(counts - 2500).max() < 250
    assert abs(coin(words[2]).mean() - 0.5) < 0.015


def test_gaussian_numbers_have_their_mean_deviation_and_tails() -> None:
    found = gaussian(draw(3, np.arange(20_000)))
    assert found.shape == (4, 20_000)
    assert np.abs(found.mean(1)).max() < 0.03
    assert np.abs(found.std(1) - 1).max() < 0.03
    assert np.abs(np.corrcoef(found) - np.eye(4)).max() < 0.03
    beyond = (np.abs(found) > 2).mean()
    assert 0.0425 < beyond < 0.0485  # 0.0455


def test_a_permutation_has_every_number_once() -> None:
    order = permutation(make_key(3), 1000)
    assert np.array_equal(np.sort(order), np.arange(1000))
    assert not np.array_equal(order, permutation(make_key(4), 1000))
    assert np.array_equal(order, permutation(make_key(3), 1000))
