from __future__ import annotations

import pytest

from netdef.data.numbered_keys import digits_of_numbers, start_of_key


@pytest.mark.parametrize(
    ("first", "last", "count", "digits"),
    [
        (b"00000000", b"00000041", 42, 8),
        (b"00000000_cat.jpg", b"00000041_12.jpg", 42, 8),
        (b"00", b"41", 42, 2),
        (b"00000000", b"00000041", 43, 0),  # one number has two records
        (b"00000000", b"00000041", 40, 0),  # two are missing
        (b"00000001", b"00000042", 42, 0),
        (b"000", b"0041", 42, 0),
        (b"cat/0.jpg", b"cat/9.jpg", 10, 0),
        (b"0", b"9", 42, 0),  # not all as long
    ],
)
def test_keys_tell_their_numbers_if_these_run_from_0_to_the_end(
    first: bytes, last: bytes, count: int, digits: int
) -> None:
    assert digits_of_numbers(first, last, count) == digits


def test_keys_begin_with_their_number() -> None:
    assert start_of_key(42, 8) == b"00000042"
