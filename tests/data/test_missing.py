from __future__ import annotations

from pathlib import Path

import pytest

from netdef.data.missing import missing_files
from tests.data.databases import layer_message


def missing(text: str, folder: Path) -> list[tuple[tuple[str, ...], str]]:
    return list(missing_files(layer_message(text), folder))


@pytest.mark.parametrize("options", ["data_param", "image_data_param", "hdf5_data_param", "window_data_param"])
def test_a_source_that_is_not_there(tmp_path: Path, options: str) -> None:
    text = f'{options} {{ source: "deep/source" }}'
    assert missing(text, tmp_path) == [((options, "source"), "deep/source")]
    (tmp_path / "deep" / "source").mkdir(parents=True)
    assert missing(text, tmp_path) == []


def test_a_mean_file_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'data_param { source: "db" } transform_param { mean_file: "mean.binaryproto" }'
    assert missing(text, tmp_path) == [
        (("data_param", "source"), "db"),
        (("transform_param", "mean_file"), "mean.binaryproto"),
    ]
    (tmp_path / "db").mkdir()
    (tmp_path / "mean.binaryproto").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    assert missing(text, tmp_path / "models") == []


def test_a_file_of_colour_directions_that_is_not_there(tmp_path: Path) -> None:
    text = 'transform_param { colour_pca { source: "colours.prototxt" } }'
    assert missing(text, tmp_path) == [(("transform_param", "colour_pca", "source"), "colours.prototxt")]


def test_a_layer_that_names_no_file(tmp_path: Path) -> None:
    assert missing("data_param { batch_size: 3 } transform_param { scale: 2 } pooling_param {}", tmp_path) == []
