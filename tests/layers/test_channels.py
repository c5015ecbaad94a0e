from __future__ import annotations

import pytest

from netdef.errors import OptionError, ShapeError
from netdef.layers.channels import Range, groups_of_part, share


def test_shares_are_equal_ranges_that_follow_each_other() -> None:
    shares = [share(12, index, 3) for index in range(3)]
    assert shares == [Range(1, 0, 4), Range(1, 4, 8), Range(1, 8, 12)]
    assert [len(own) for own in shares if own] == [4, 4, 4]
    assert share(12, 1, 2, axis=0) == Range(0, 6, 12)


def test_the_only_share_is_all_of_it() -> None:
    assert share(7, 0, 1) is None


def test_a_length_that_does_not_divide_is_refused() -> None:
    with pytest.raises(ShapeError, match="7 channels cannot be split over 2 devices in equal parts") as caught:
        share(7, 0, 2)
    assert caught.value.path == ("device",)
    assert caught.value.hint == "let the number of channels be a multiple of 2"


@pytest.mark.parametrize(
    ("group", "count", "expected"),
    [
        (1, 2, [(0, 1, 1), (0, 1, 1)]),  # without groups all is read
        (2, 2, [(0, 2, 1), (1, 2, 1)]),
        (6, 3, [(0, 3, 2), (1, 3, 2), (2, 3, 2)]),
        (2, 4, [(0, 2, 1), (0, 2, 1), (1, 2, 1), (1, 2, 1)]),  # two parts inside of each group
    ],
)
def test_a_part_reads_the_share_that_its_groups_read(group: int, count: int, expected: list[object]) -> None:
    assert [groups_of_part(group, index, count) for index in range(count)] == expected


@pytest.mark.parametrize(("group", "count"), [(3, 2), (2, 3), (4, 6)])
def test_groups_that_lie_on_some_devices_in_part_are_refused(group: int, count: int) -> None:
    with pytest.raises(OptionError, match=f"{group} groups straddle {count} devices") as caught:
        groups_of_part(group, 0, count)
    assert caught.value.path == ("device",)
    assert "multiple of the number of devices" in caught.value.hint
