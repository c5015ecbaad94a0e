"""How fast a net's feed makes batches from LMDB databases, beside what the decoder alone does.

Run it as ``python benchmarks/data.py [--seconds N] [--rounds N] [--threads N]``. The script makes its databases: JPEG
files of 256×256 pixels (noise smoothed until a file has the size of a photograph's, quality 95), and the same pixels
raw. The feed crops 227×227, mirrors, and subtracts a mean from float32 images; "bytes" is the feed without what a
device does with its batches. "large" are files of 768×1024 pixels whose shorter side is scaled to 256 before the crop,
"reduced" the same with ``reduced_decode``. All contenders take turns in every round, so that a busy machine slows all
alike. Printed are the least, median and greatest number of images a second, and of its ratio to the decoder alone in
the same round; then the same of images for each second of processor time, which other programs disturb less: on a
machine of its own, with all cores busy, a contender has so many times the number of cores.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch

from netdef.cli.process import collect_seldom, keep_memory, wait_patiently
from netdef.data.datum import write_datum
from netdef.data.feed import Feed
from netdef.data.new_database import new_database
from netdef.schema import netdef_pb2 as schema

SIDE, CROP, BATCH = 256, 227, 256
LARGE = (768, 1024)
RECORDS = 1024
DISTINCT = 64  # pictures: decoding one does not make the next faster
MEAN = (104.0, 117.0, 123.0)  # blue, green, red
TASK = 16
DROPPED = 10  # batches: those made before it is known what is wanted, and those whose memory is new


class Speed(NamedTuple):
    """Images for each second of the clock, and for each second of the processor."""

    wall: float
    processor: float


Run = Callable[[float], Speed]
"""Works for about so many seconds."""


def pictures(height: int = SIDE, width: int = SIDE, count: int = DISTINCT) -> list[np.ndarray]:
    """Return smoothed noise, H×W×3: as JPEG files some 37 KB each of 256×256 pixels, 230 KB each of 768×1024."""
    draws = np.random.default_rng(1)
    noise = [draws.integers(0, 256, (height, width, 3), np.uint8) for _ in range(count)]
    return [_stretched(cv2.GaussianBlur(each, (0, 0), 1.5 * (height / SIDE) ** 0.5)) for each in noise]


def _stretched(image: np.ndarray) -> np.ndarray:
    """Return an image whose values fill the range of bytes."""
    least, most = int(image.min()), int(image.max())
    return ((image.astype(np.float32) - least) * (255 / (most - least))).astype(np.uint8)


def write_databases(folder: Path) -> list[bytes]:
    """Write the databases ``jpeg``, ``raw`` and ``large``, and return the encoded files of the first."""
    images = pictures()
    files = encoded(images)
    large = encoded(pictures(*LARGE, DISTINCT // 4))
    planes = [np.ascontiguousarray(image.transpose(2, 0, 1)).tobytes() for image in images]
    raw = [write_datum(channels=3, height=SIDE, width=SIDE, data=data, label=1) for data in planes]
    write(folder / "jpeg", map(datum_of, files))
    write(folder / "raw", raw)
    write(folder / "large", map(datum_of, large), RECORDS // 8)
    return files


def encoded(images: list[np.ndarray]) -> list[bytes]:
    return [cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes() for image in images]


def datum_of(file: bytes) -> bytes:
    return write_datum(data=file, label=1, encoded=True)


def write(path: Path, datums: Iterable[bytes], count: int = RECORDS) -> None:
    """Write a database of so many records, the same over and over."""
    with new_database(path, "lmdb") as writer:
        for number, datum in enumerate(islice(cycle(datums), count)):
            writer.put(b"%08d" % number, datum)
        writer.commit()


def decoder_alone(files: list[bytes], threads: int) -> Run:
    """Decode in threads, in tasks of some files each, and throw the pixels away."""
    buffers = [np.array(bytearray(file)) for file in islice(cycle(files), RECORDS)]  # each where no other is, too

    def decode(chunk: list[np.ndarray]) -> None:
        for buffer in chunk:
            cv2.imdecode(buffer, cv2.IMREAD_COLOR)

    chunks = [buffers[start : start + TASK] for start in range(0, len(buffers), TASK)]
    pool = ThreadPoolExecutor(threads)

    def run(seconds: float) -> Speed:
        return rate(seconds, (sum(map(len, chunks)) for _ in iter(lambda: list(pool.map(decode, chunks)), None)))

    return run


def feed_of(database: Path, threads: int, *, batch: int = BATCH, to_floats: bool = False, **transform: Any) -> Run:
    """Open a feed for each run; ``transform`` are more options of the layer."""
    options = schema.TransformationParameter(crop_size=CROP, mirror=True, mean_value=MEAN, **transform)
    layer = schema.LayerParameter(name="data", type="Data", top=["data", "label"], transform_param=options)
    layer.data_param.source = str(database)
    layer.data_param.backend = schema.DataParameter.LMDB
    layer.data_param.batch_size = batch

    def sizes(feed: Feed) -> Iterator[int]:
        for each in feed:
            if to_floats:
                each.tensors()
            yield batch

    def run(seconds: float) -> Speed:
        with Feed([layer], schema.TRAIN, seed=1, threads=threads) as feed:
            if to_floats:
                feed.make_for(torch.device("cpu"), torch.float32)
            return rate(seconds, sizes(feed), dropped=DROPPED)

    return run


def rate(seconds: float, amounts: Iterator[int], *, dropped: int = 1) -> Speed:
    """Return how many come in a second, after the first ``dropped`` amounts."""
    for _ in range(dropped):
        next(amounts)
    start, used, count = time.perf_counter(), time.process_time(), 0
    for amount in amounts:
        count += amount
        elapsed = time.perf_counter() - start
        if elapsed > seconds:
            break
    return Speed(count / elapsed, count / (time.process_time() - used))


def spread(values: list[float], digits: int) -> str:
    return " ".join(f"{value:7.{digits}f}" for value in (min(values), statistics.median(values), max(values)))


def compare(contenders: dict[str, Run], against: str, seconds: float, rounds: int) -> None:
    """Run all contenders in turns, and print a line for each."""
    measured = [{name: run(seconds) for name, run in contenders.items()} for _ in range(rounds)]
    for name in contenders:
        columns = []
        for kind in range(2):
            columns.append(spread([each[name][kind] for each in measured], 0))
            columns.append(spread([each[name][kind] / each[against][kind] for each in measured], 2))
        print(f"{name:20}", *columns, sep="   ", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=2.0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    chosen = options.parse_args()
    cv2.setNumThreads(1)
    wait_patiently()  # as `netdef train` does, and the next two
    collect_seldom()
    keep_memory()
    headings = ("images/s", "times the decoder", "images/CPU s", "times the decoder")
    print(f"{'least, median, most':20}", *(f"{heading:>23}" for heading in headings), sep="   ")
    with tempfile.TemporaryDirectory() as folder:
        files = write_databases(Path(folder))
        contenders = {f"decoder, {chosen.threads} threads": decoder_alone(files, chosen.threads)}
        against = next(iter(contenders))
        for kind in ("jpeg", "raw"):
            for to_floats in (False, True):
                name = f"{kind}, {'floats' if to_floats else 'bytes'}"
                contenders[name] = feed_of(Path(folder) / kind, chosen.threads, to_floats=to_floats)
        for name, reduced in (("large, scaled", False), ("large, reduced", True)):
            scaled: dict[str, Any] = {"shorter_side_min": SIDE, "reduced_decode": reduced}
            contenders[name] = feed_of(Path(folder) / "large", chosen.threads, batch=BATCH // 8, **scaled)
        compare(contenders, against, chosen.seconds, chosen.rounds)


if __name__ == "__main__":
    main()
