"""What it takes to open LMDB databases of more and more records, and to go on in their middle.

Run it as ``python -m benchmarks.databases [--records 10000,1000000]``. Records are tiny, since nothing should depend on
what they hold. Printed are, for each size, milliseconds until the first batch of a feed is there: from the start, from
the middle, and as the sixth of eight workers; by how much the process grew meanwhile; and from the middle of a database
whose keys do not tell the records' numbers, which has to be walked over.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import lmdb

from netdef.data.datum import write_datum
from netdef.data.feed import Feed
from netdef.schema import netdef_pb2 as schema

BATCH = 64
ROUNDS = 5
COLUMNS = ("from the start", "from the middle", "6th of 8", "growth, MB", "unnumbered, middle")


def write(path: Path, records: int, key: bytes) -> None:
    datum = write_datum(channels=1, height=2, width=2, data=bytes(4), label=1)
    with (
        lmdb.open(str(path), map_size=4 << 30) as environment,
        environment.begin(write=True) as transaction,
        transaction.cursor() as cursor,
    ):
        cursor.putmulti(((key % number, datum) for number in range(records)), append=True)


def first_batch(path: Path, start: int = 0, rank: int = 0, world: int = 1) -> float:
    """Return the milliseconds until a feed's first batch is there, the least of some rounds."""
    return min(_first_batch(path, start, rank, world) for _ in range(ROUNDS))


def _first_batch(path: Path, start: int, rank: int, world: int) -> float:
    options = schema.DataParameter(source=str(path), backend=schema.DataParameter.LMDB, batch_size=BATCH, prefetch=1)
    layer = schema.LayerParameter(name="data", type="Data", top=["data", "label"], data_param=options)
    began = time.perf_counter()
    with Feed([layer], schema.TRAIN, seed=1, rank=rank, world=world, start={"data": start}, threads=1) as feed:
        feed.next()
        return 1000 * (time.perf_counter() - began)


def resident() -> float:
    """Return the process's own memory in megabytes; pages of the database's file, which the system may drop, apart."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1000 for line in lines if line.startswith("RssAnon"))


def measured(numbered: Path, unnumbered: Path, records: int) -> Iterator[float]:
    """Go through the columns of a row."""
    before = resident()
    yield first_batch(numbered)
    yield first_batch(numbered, start=records // 2)
    yield first_batch(numbered, start=records // 2, rank=5, world=8)
    yield resident() - before
    yield first_batch(unnumbered, start=records // 2)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", default="10000,1000000")
    sizes = [int(word) for word in options.parse_args().records.split(",")]
    print(
        f"{'records':>10}",
        *(f"{column:>{len(column) + 3}}" for column in COLUMNS),
        "  ms until a batch is there",
        sep="",
    )
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "first", 100, b"%08d")
        first_batch(Path(folder) / "first")  # brings the libraries along
        for size in sizes:
            paths = [Path(folder) / f"{name}{size}" for name in ("numbered", "unnumbered")]
            for path, key in zip(paths, (b"%08d", b"im%08d"), strict=True):
                write(path, size, key)
            row = measured(paths[0], paths[1], size)
            print(
                f"{size:10}",
                *(f"{value:{len(column) + 3}.1f}" for column, value in zip(COLUMNS, row, strict=True)),
                sep="",
            )


if __name__ == "__main__":
    main()
