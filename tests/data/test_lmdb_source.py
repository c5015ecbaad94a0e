from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType

import lmdb
import numpy as np
import pytest

from netdef.data.datum import write_datum
from netdef.data.lmdb_source import LmdbSource
from netdef.errors import DataError
from tests.data.databases import write_pictures


@pytest.mark.parametrize("name", ["lmdb_raw", "lmdb_raw_gray", "lmdb_jpg", "lmdb_png", "lmdb_files"])
def test_reads_what_caffe_wrote(golden: Path, name: str) -> None:
    expected = np.load(golden / "data" / "db_contents.npz")
    source = LmdbSource(golden / "data" / name)
    records = [source.read(ordinal) for ordinal in range(len(source))]
    datums = [record.datum() for record in records]
    assert [record.name for record in records] == expected[f"{name}/keys"].tolist()
    assert [datum.label for datum in datums] == expected[f"{name}/labels"].tolist()
    assert [list(datum[:3]) for datum in datums] == expected[f"{name}/dims"].tolist()
    assert [datum.encoded for datum in datums] == expected[f"{name}/encoded"].tolist()
    assert [len(datum.data) for datum in datums] == expected[f"{name}/bytes"].tolist()
    if f"{name}/pixels" in expected:
        assert b"".join(datum.data for datum in datums) == expected[f"{name}/pixels"].tobytes()
    source.close()


def test_goes_forward_back_and_around(tmp_path: Path) -> None:
    source = LmdbSource(write_pictures(tmp_path / "db", 5))
    assert [source.read(ordinal).datum().label for ordinal in (3, 4, 5, 0, 2, 1, 14, 14)] == [3, 4, 0, 0, 2, 1, 4, 4]
    source.close()


def calls(path: Path, *ordinals: int) -> int:
    """Count the calls that it takes to open a database and read some records."""
    counted = [0]

    def count(frame: FrameType, event: str, argument: object) -> None:
        counted[0] += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        source = LmdbSource(path)
        assert [source.read(ordinal).number for ordinal in ordinals] == [number % len(source) for number in ordinals]
    finally:
        sys.setprofile(before)
    source.close()
    return counted[0]


def test_a_long_database_opens_and_goes_on_in_its_middle_with_as_little_work_as_a_short_one(tmp_path: Path) -> None:
    short, long = (write_pictures(tmp_path / str(records), records) for records in (30, 3000))
    calls(short)  # the first one imports
    assert calls(long, 0) == calls(short, 0)
    assert calls(long, 1500, 1508, 2999, 1) == calls(short, 15, 23, 29, 1)


def test_records_without_numbers_in_their_keys_are_found_too(tmp_path: Path) -> None:
    with lmdb.open(str(tmp_path)) as environment, environment.begin(write=True) as transaction:
        for label in range(6):
            transaction.put(b"im%08d" % label, write_datum(data=b"", label=label))
    source = LmdbSource(tmp_path)
    assert [source.read(ordinal).datum().label for ordinal in (4, 2, 5, 0, 3)] == [4, 2, 5, 0, 3]
    source.close()


@pytest.mark.parametrize("numbers", [(0, 1, 2, 3, 4, 5), (0, 1, 1, 3, 5, 5)], ids=["gapless", "gaps and doubles"])
@pytest.mark.parametrize("ordinals", [(4, 0, 1, 2, 3), (2, 4), (1, 3, 5, 1), (3, 2, 8)])
def test_numbers_left_out_or_there_twice_beside_a_record_do_not_mislead(
    numbers: tuple[int, ...], ordinals: tuple[int, ...], tmp_path: Path
) -> None:
    with lmdb.open(str(tmp_path)) as environment, environment.begin(write=True) as transaction:
        for place, number in enumerate(numbers):
            transaction.put(b"%08d_%d" % (number, place), write_datum(data=b"", label=place))
    source = LmdbSource(tmp_path)
    assert [source.read(ordinal).datum().label for ordinal in ordinals] == [ordinal % 6 for ordinal in ordinals]
    source.close()


def test_two_sources_read_the_same_database(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 5)
    first, second = LmdbSource(path), LmdbSource(path)
    assert [first.read(1).datum().label, second.read(3).datum().label, first.read(2).datum().label] == [1, 3, 2]
    first.close()
    assert second.read(4).datum().label == 4
    second.close()


def test_closing_twice_gives_back_once(tmp_path: Path) -> None:
    path = write_pictures(tmp_path / "db", 5)
    first, second = LmdbSource(path), LmdbSource(path)
    first.close()
    first.close()
    assert second.read(0).name == "00000000_im"
    second.close()


def test_lost_pages_are_an_error(golden: Path, tmp_path: Path) -> None:
    content = bytearray((golden / "data" / "lmdb_raw" / "data.mdb").read_bytes())
    key = b"00000009_im09_rgb.jpg"
    page_number = content.index(key) + len(key)
    content[page_number : page_number + 8] = (10**6).to_bytes(8, "little")
    (tmp_path / "data.mdb").write_bytes(content)
    source = LmdbSource(tmp_path)
    source.read(8)
    with pytest.raises(DataError, match=r"record 9 cannot be read .*PAGE_NOTFOUND"):
        source.read(9)
    source.close()


def test_reads_the_newer_file_format_too(tmp_path: Path) -> None:
    if not hasattr(lmdb.Environment, "lib_version"):
        pytest.skip("this py-lmdb knows one format only")
    with lmdb.open(str(tmp_path / "db"), lib_version=1) as environment, environment.begin(write=True) as transaction:
        transaction.put(b"key", b"\x28\x07")
    source = LmdbSource(tmp_path / "db")
    assert source.read(0).datum().label == 7
    source.close()
