from __future__ import annotations

from pathlib import Path

from netdef.suggest import did_you_mean, nearest, way_to_file

KNOWN = {"Convolution": 1, "Deconvolution": 2, "Concat": 3}


def test_the_word_most_like_it_is_asked_for() -> None:
    assert did_you_mean("Convolutoin", KNOWN) == 'did you mean "Convolution"?'
    assert nearest("Deconvolutoin", iter(KNOWN)) == "Deconvolution"


def test_nothing_is_asked_where_nothing_is_like_it() -> None:
    assert did_you_mean("ReLU", KNOWN) == ""
    assert did_you_mean("ReLU", []) == ""


def test_how_like_it_must_be_can_be_said() -> None:
    assert nearest("Contact", KNOWN) == "Concat"
    assert nearest("Contact", KNOWN, cutoff=0.95) == ""


def test_a_missing_file_leads_to_the_one_most_like_it(tmp_path: Path) -> None:
    (tmp_path / "lenet.prototxt").touch()
    (tmp_path / "lenets.prototxt").mkdir()
    assert way_to_file(tmp_path / "lenets.prototxt") == f"did you mean {tmp_path / 'lenet.prototxt'}?"
    assert way_to_file(tmp_path / "solver") == ""


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert way_to_file(tmp_path / "models" / "net") == f"there is no folder {tmp_path / 'models'} either"
