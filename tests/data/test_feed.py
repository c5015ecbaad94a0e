from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from google.protobuf import text_format
from numpy.typing import NDArray

from netdef.data.feed import Feed
from netdef.data.mean_file import write_mean_file
from netdef.data.view import views_of
from netdef.errors import DataError, Place, UsageError
from netdef.schema import netdef_pb2 as schema
from tests.data.conftest import GOLDEN
from tests.data.databases import (
    data_layer,
    image_layer,
    layer_message,
    pictures,
    png_datum,
    raw_datum,
    write_database,
    write_hdf5_files,
    write_images,
    write_pictures,
)
from tests.data.test_window_data_loader import window_layer

RANDOM = "crop_size: 5 mirror: true scale: 0.5 mean_value: 100"


def golden_cases() -> list[Path]:
    """Return the layers that Caffe ran."""
    layers = sorted((GOLDEN / "data" / "layers").glob("*.prototxt"))
    return [path.relative_to(GOLDEN) for path in (*layers, GOLDEN / "data" / "hdf5" / "net.prototxt")]


@pytest.mark.parametrize("case", golden_cases(), ids=lambda path: path.stem)
def test_batches_are_those_of_caffe(golden: Path, monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    monkeypatch.chdir(golden)
    text = case.read_text()
    layer = text_format.Parse(text, schema.NetParameter()).layer[0]
    expected = np.load(case.with_suffix(".npz"))
    phase = schema.TRAIN if "phase: TRAIN" in text else schema.TEST
    with Feed([layer], phase, seed=1) as feed:
        for number in range(int(re.findall(r"(\d+) batch", text)[0])):
            for top, values in feed.next().tensors().items():
                wanted = expected[f"batch{number}/{top}"]
                assert values.shape == wanted.shape
                assert np.array_equal(values.numpy(), wanted)


def take(count: int, layers: Sequence[schema.LayerParameter], **options: Any) -> list[dict[str, NDArray[Any]]]:
    """Return the tops, and the ordinals under the layers' names, of the first batches."""
    with Feed(layers, schema.TRAIN, **({"seed": 1} | options)) as feed:
        return [contents(feed) for _ in range(count)]


def contents(feed: Feed) -> dict[str, NDArray[Any]]:
    batch = feed.next()
    return batch.ordinals | {name: values.numpy() for name, values in batch.tensors().items()}


def alike(first: list[dict[str, NDArray[Any]]], second: list[dict[str, NDArray[Any]]]) -> bool:
    return len(first) == len(second) and all(
        np.array_equal(a[name], b[name]) for a, b in zip(first, second, strict=True) for name in a | b
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "db", 23)


def hdf5_layer(folder: Path) -> schema.LayerParameter:
    source = write_hdf5_files(folder, {"x": np.arange(5)}, {"x": np.arange(5, 8)})
    return layer_message(f"""
        name: "rows" type: "HDF5Data" top: "x"
        hdf5_data_param {{ source: "{source}" batch_size: 2 shuffle: true }}""")


def test_batches_do_not_depend_on_how_they_are_made(database: Path) -> None:
    reference = take(6, [data_layer(database, 20, RANDOM, "prefetch: 1")], threads=1)
    for prefetch, threads in ((8, 4), (4, 2)):
        layer = data_layer(database, 20, RANDOM, f"prefetch: {prefetch}")
        assert alike(take(6, [layer], threads=threads), reference)


@pytest.mark.parametrize("options", [{"seed": 2}, {"net_name": "other"}])
def test_another_seed_or_net_draws_otherwise(database: Path, options: dict[str, Any]) -> None:
    layer = data_layer(database, 20, RANDOM)
    assert not alike(take(1, [layer]), take(1, [layer], **options))


def test_a_feed_goes_on_from_its_positions(database: Path, tmp_path: Path) -> None:
    layers = [data_layer(database, 5, RANDOM), hdf5_layer(tmp_path)]
    whole = take(8, layers)
    with Feed(layers, schema.TRAIN, seed=1) as feed:
        for _ in range(3):
            feed.next()
        positions = feed.positions()
    assert positions == {"data": 15, "rows": 6}
    assert alike(take(5, layers, start=positions), whole[3:])


def test_two_layers_of_one_name_both_give_their_tops_and_go_on(database: Path, tmp_path: Path) -> None:
    layers = [data_layer(database, 5, RANDOM), hdf5_layer(tmp_path)]
    layers[1].name = "data"
    whole = take(4, layers)
    assert whole[0].keys() == {"data", "data#2", "label", "x"}
    assert alike(take(2, layers, start={"data": 10, "data#2": 4}), whole[2:])


def test_ranks_together_read_what_one_reads(database: Path, tmp_path: Path) -> None:
    whole = take(3, [data_layer(database, 12, RANDOM)])
    ranks = [take(3, [data_layer(database, 4, RANDOM)], rank=rank, world=3) for rank in range(3)]
    for step in range(3):
        for name, values in whole[step].items():
            together = np.stack([parts[step][name] for parts in ranks], axis=1).reshape(values.shape)
            assert np.array_equal(together, values)


def test_positions_count_the_records_of_all_ranks(database: Path) -> None:
    with Feed([data_layer(database, 4)], schema.TRAIN, seed=1, rank=2, world=3) as feed:
        assert feed.next().ordinals["data"].tolist() == [2, 5, 8, 11]
        assert feed.positions() == {"data": 12}


def test_says_how_many_records_there_are(database: Path, tmp_path: Path) -> None:
    with Feed([data_layer(database, 5), hdf5_layer(tmp_path)], schema.TEST, seed=1) as feed:
        assert feed.record_counts() == {"data": 23, "rows": 8}


def test_every_record_comes_once(database: Path, tmp_path: Path) -> None:
    layers = [data_layer(database, 5), image_layer(write_images(tmp_path, 23), "batch_size: 5 shuffle: true")]
    layers[1].name, layers[1].top[:] = "images", ["images", "numbers"]
    with Feed(layers, schema.TEST, seed=1, once=True) as feed:
        batches = [batch.ordinals | batch.tensors() for batch in feed]
        assert feed.ended
        assert feed.positions() == {"data": 23, "images": 23}
        with pytest.raises(UsageError, match="the feed has ended, it has no more batches"):
            feed.next()
    assert [len(batch["label"]) for batch in batches] == [5, 5, 5, 5, 3]
    assert [number for batch in batches for number in batch["label"].tolist()] == list(range(23))
    assert sorted(number for batch in batches for number in batch["numbers"].tolist()) == list(range(23))


def test_what_has_no_whole_set_is_refused(database: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        Feed([data_layer(database, 5), hdf5_layer(tmp_path)], schema.TEST, seed=1, once=True)
    assert str(caught.value) == (
        'the net has no one number of records to go through: layer "data" has 23, layer "rows" has 8'
    )
    with pytest.raises(UsageError, match="it has no data layer"):
        Feed([], schema.TEST, seed=1, once=True)
    with pytest.raises(UsageError, match='layer "data" draws its records at random: there is no whole set'):
        Feed([window_layer(tmp_path)], schema.TEST, seed=1, once=True)
    assert not reading_threads()


def test_two_feeds_read_one_database(database: Path) -> None:
    layer = data_layer(database, 5)
    with Feed([layer], schema.TRAIN, seed=1) as train, Feed([layer], schema.TEST, seed=1) as test:
        for _ in range(6):
            assert np.array_equal(contents(train)["label"], contents(test)["label"])


def test_the_label_top_may_be_missing(database: Path) -> None:
    layer = data_layer(database, 5)
    del layer.top[1]
    assert list(take(1, [layer])[0]) == ["data"]


def test_a_bad_record_is_an_error_at_its_batch_and_moves_nothing(tmp_path: Path) -> None:
    records = [raw_datum(picture) for picture in pictures(12)]
    records[7] = b"\x22\x7f"
    layers = [hdf5_layer(tmp_path), data_layer(write_database(tmp_path / "bad", records), 5)]
    with Feed(layers, schema.TRAIN, seed=1) as feed:
        feed.next()
        for _ in range(2):
            with pytest.raises(DataError, match=r'bad: record 7 "00000007_im": .*announces 127 bytes'):
                feed.next()
            assert feed.positions() == {"rows": 2, "data": 5}


def test_a_type_that_cannot_be_read_is_named(database: Path) -> None:
    layers = [data_layer(database, 5), layer_message('name: "w" type: "DummyData"')]
    with pytest.raises(
        DataError, match=r'layer "w": DummyData cannot be read yet .*only Data, HDF5Data, ImageData, WindowData'
    ):
        Feed(layers, schema.TRAIN, seed=1)
    assert not reading_threads()


def test_a_missing_database_names_the_layer(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r'layer "data" \(Data\): .*none: no such database'):
        Feed([data_layer(tmp_path / "none", 5)], schema.TRAIN, seed=1)


def test_a_net_without_sources_has_empty_batches() -> None:
    assert take(2, []) == [{}, {}]


def reading_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("netdef-")]


def test_closing_early_leaves_no_threads_and_no_open_database(database: Path) -> None:
    feed = Feed([data_layer(database, 20, RANDOM, "prefetch: 50")], schema.TRAIN, seed=1)
    feed.next()
    feed.close()
    feed.close()
    assert not reading_threads()
    with pytest.raises(UsageError, match="the feed is closed"):
        feed.next()
    assert len(take(1, [data_layer(database, 20)])) == 1


@pytest.mark.parametrize("ending", ["pass", "raise SystemExit(0)", "signal.raise_signal(signal.SIGINT)"])
def test_a_program_ends_though_its_feed_was_not_closed(database: Path, ending: str) -> None:
    code = f"""
import signal
from netdef.data.feed import Feed
from netdef.schema import netdef_pb2 as schema
options = schema.DataParameter(source={str(database)!r}, backend="LMDB", batch_size=4000)
feed = Feed([schema.LayerParameter(name="d", type="Data", top=["x", "y"], data_param=options)], schema.TRAIN, seed=1)
feed.next()
{ending}"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    expected = "KeyboardInterrupt" if "SIGINT" in ending else ""
    assert run.stderr.strip().endswith(expected)
    assert ("Traceback" in run.stderr) == bool(expected)


def test_tensors_go_where_they_are_asked_to(database: Path) -> None:
    with Feed([data_layer(database, 5)], schema.TEST, seed=1) as feed:
        tops = feed.next().tensors("meta", torch.float16)
    assert {name: (str(top.device), top.dtype) for name, top in tops.items()} == {
        "data": ("meta", torch.float16),
        "label": ("meta", torch.float32),
    }


def test_floats_made_at_once_are_the_same(tmp_path: Path) -> None:
    path = write_database(tmp_path / "encoded", [png_datum(image, number) for number, image in enumerate(pictures(9))])
    layers = [data_layer(path, 4, "crop_size: 5 mirror: true mean_value: 100 scale: 0.3")]
    with Feed(layers, schema.TRAIN, seed=1) as plain, Feed(layers, schema.TRAIN, seed=1) as told:
        told.make_for(torch.device("cpu"), torch.float32)
        for _ in range(8):  # some of which were begun before
            expected, found = plain.next().tensors(), told.next().tensors()
            torch.testing.assert_close(found, expected, rtol=0, atol=0)
            assert found["data"].stride() == expected["data"].stride()


def test_views_are_for_images_that_can_be_cropped(database: Path, tmp_path: Path) -> None:
    with Feed([data_layer(database, 4, "crop_size: 5")], schema.TEST, seed=1, once=True, views=views_of(10)) as feed:
        batch = next(iter(feed))
    assert batch.tensors()["data"].shape == (40, 3, 5, 5)
    assert batch.ordinals["data"].tolist() == [0, 1, 2, 3]
    for layer, views, words in (
        (data_layer(database, 4), views_of(10), "has no crop_size"),
        (hdf5_layer(tmp_path), views_of(10), "its records cannot be cropped and scaled"),
    ):
        with pytest.raises(UsageError, match=words):
            Feed([layer], schema.TEST, seed=1, views=views)


def test_a_mean_file_keeps_images_from_being_scaled(database: Path, tmp_path: Path) -> None:
    write_mean_file(tmp_path / "mean", np.zeros((3, 9, 7), np.float32))
    layer = data_layer(database, 4, f'crop_size: 5 mean_file: "{tmp_path / "mean"}"')
    with pytest.raises(UsageError, match="its mean_file has one size, so its images cannot be scaled"):
        Feed([layer], schema.TEST, seed=1, views=views_of(10, (8,)))


def test_an_error_in_the_data_names_the_line_of_the_layer(tmp_path: Path) -> None:
    path = write_database(tmp_path / "db", [raw_datum(pictures(1)[0]), raw_datum(pictures(1, height=4)[0])])
    layer, place = data_layer(path, 1, "crop_size: 5"), Place("net.prototxt", 7, 1)
    with Feed([layer], schema.TEST, seed=1, places=[place]) as feed:
        feed.next()
        with pytest.raises(DataError, match=r'^net.prototxt:7:1: layer "data": .*db: record 1 .*crop_size is 5, but'):
            feed.next()
    missing = data_layer(tmp_path / "none", 1)
    with pytest.raises(DataError, match=r'^net.prototxt:7:1: layer "data" \(Data\): '):
        Feed([missing], schema.TEST, seed=1, places=[place])
