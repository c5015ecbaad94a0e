from __future__ import annotations

from pathlib import Path

from netdef.data.leveldb_source import LeveldbSource
from netdef.data.leveldb_writer import LeveldbWriter


def test_records_come_back_in_the_order_of_their_keys_and_from_a_table(tmp_path: Path) -> None:
    writer = LeveldbWriter(tmp_path)
    writer.put(b"b", b"\x28\x01")
    writer.commit()
    writer.put(b"a", b"\x28\x02")
    writer.write_beside("labels.txt", "cat\n")
    writer.commit()
    writer.commit()
    writer.close()
    assert [file.stat().st_size for file in tmp_path.glob("*.log")] == [0]
    assert len(list(tmp_path.glob("*.ldb"))) == 1
    source = LeveldbSource(tmp_path)
    assert [(source.read(i).name, source.read(i).datum().label) for i in range(len(source))] == [("a", 2), ("b", 1)]
    source.close()
    assert (tmp_path / "labels.txt").read_text() == "cat\n"
