from __future__ import annotations

from netdef.data.stored_record import StoredRecord


def test_a_record_has_a_name_a_place_and_a_datum() -> None:
    record = StoredRecord(7, memoryview(b"00000007_\xff.jpg"), memoryview(b"\x28\x03"))
    assert record.name == "00000007_\ufffd.jpg"
    assert record.place == f'record 7 "{record.name}"'
    assert record.datum().label == 3
