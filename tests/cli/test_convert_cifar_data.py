from __future__ import annotations

from pathlib import Path

import lmdb

from netdef.schema import netdef_pb2 as schema
from tests.cli.conftest import Run
from tests.data.test_cifar import write_batches


def test_caffes_usage_makes_both_databases(run: Run, tmp_path: Path) -> None:
    records = write_batches(tmp_path / "in", each=3)
    (tmp_path / "out").mkdir()
    done = run("convert_cifar_data", tmp_path / "in", tmp_path / "out", "lmdb")
    assert done.code == 0
    assert "cifar10_train_lmdb: 15 records\n" in done.err
    database = tmp_path / "out" / "cifar10_test_lmdb"
    with lmdb.open(str(database), readonly=True, lock=False) as environment, environment.begin() as reader:
        found = [(key, schema.Datum.FromString(value)) for key, value in reader.cursor()]
    assert [key for key, _ in found] == [b"00000", b"00001", b"00002"]
    for (_, datum), record in zip(found, records[15:], strict=True):
        assert (datum.channels, datum.height, datum.width, datum.label) == (3, 32, 32, record[0])
        assert datum.data == record[1:].tobytes()


def test_files_that_are_not_there_are_named(run: Run, tmp_path: Path) -> None:
    done = run("convert_cifar_data", tmp_path / "nowhere", tmp_path, "lmdb")
    assert done.code == 1
    assert "data_batch_1.bin is not here" in done.err
