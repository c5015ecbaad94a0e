from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.image_list_source import ImageListSource
from netdef.errors import DataError
from tests.data.databases import encoded, image_layer, pictures, write_images

COUNT = 7


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    return write_images(tmp_path, COUNT)


def labels(listed: Path, options: str, *ordinals: int, key: int = 1) -> list[int]:
    source = ImageListSource(image_layer(listed, options).image_data_param, key, None)
    return [source.read(ordinal).datum().label for ordinal in ordinals]


def test_images_come_in_the_order_of_the_list(listed: Path) -> None:
    source = ImageListSource(image_layer(listed).image_data_param, 1, None)
    assert len(source) == COUNT
    record = source.read(COUNT + 2)
    assert record.place == 'image 2 "im 2.png"'
    datum = record.datum()
    assert (bytes(datum.data), datum.label, datum.encoded) == (encoded(pictures(COUNT)[2]), 2, True)
    source.close()


def test_each_pass_has_an_order_of_its_own(listed: Path) -> None:
    passes = [labels(listed, "shuffle: true", *range(start, start + COUNT)) for start in range(0, 5 * COUNT, COUNT)]
    assert all(sorted(order) == list(range(COUNT)) for order in passes)
    assert len({tuple(order) for order in passes}) == 5
    assert labels(listed, "shuffle: true", *range(COUNT), key=2) != passes[0]


def test_an_order_does_not_depend_on_what_was_read_before(listed: Path) -> None:
    forward = labels(listed, "shuffle: true", *range(3 * COUNT))
    assert labels(listed, "shuffle: true", *reversed(range(3 * COUNT))) == forward[::-1]


def test_some_are_skipped_at_the_start(listed: Path) -> None:
    starts = [labels(listed, "rand_skip: 4", *range(COUNT), key=key) for key in range(40)]
    assert {start[0] for start in starts} == {0, 1, 2, 3}
    assert all(start == [(start[0] + place) % COUNT for place in range(COUNT)] for start in starts)


@pytest.mark.parametrize("options", ["rand_skip: 1", "rand_skip: 0"])
def test_nothing_is_skipped(listed: Path, options: str) -> None:
    assert labels(listed, options, 0, 1) == [0, 1]


def test_a_missing_image_is_named_when_it_is_read(listed: Path) -> None:
    (listed.parent / "im 3.png").unlink()
    source = ImageListSource(image_layer(listed).image_data_param, 1, None)
    with pytest.raises(DataError, match=r"im 3.png: cannot be read"):
        source.read(3).datum()


def test_a_list_and_its_images_beside_the_prototxt(listed: Path) -> None:
    options = image_layer(Path("list.txt")).image_data_param
    options.root_folder = ""
    source = ImageListSource(options, 1, listed.parent)
    assert bytes(source.read(1).datum().data) == encoded(pictures(COUNT)[1])


def test_a_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"list.txt: no such file"):
        ImageListSource(image_layer(tmp_path / "list.txt").image_data_param, 1, None)
