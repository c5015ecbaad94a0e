from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from netdef.cli.main import main

GOLDEN = Path(__file__).parents[1] / "golden"
NET = ["--model-def", str(GOLDEN / "pycaffe/classifier.prototxt")]
NET += ["--pretrained-model", str(GOLDEN / "pycaffe/classifier.caffemodel")]
IMAGES = GOLDEN / "data" / "images"


@pytest.fixture
def recorded() -> dict[str, np.ndarray]:
    return dict(np.load(GOLDEN / "pycaffe" / "io.npz"))


@pytest.fixture
def mean(tmp_path: Path) -> str:
    path = tmp_path / "mean.npy"
    np.save(path, np.array([10, 20, 30], np.float32))
    return str(path)


@pytest.mark.parametrize(("flags", "key"), [([], "classifier/oversample"), (["--center-only"], "classifier/center")])
def test_predictions_are_caffe_s(
    flags: list[str], key: str, recorded: dict[str, np.ndarray], mean: str, tmp_path: Path
) -> None:
    options = ["--images-dim", "24,24", "--mean-file", mean, "--input-scale", "0.02", *flags]
    for number, name in enumerate(recorded["meta/files"][:2]):
        out = tmp_path / f"{number}.npy"
        assert main(["classify", str(IMAGES / str(name)), str(out), *NET, *options]) == 0
        np.testing.assert_allclose(np.load(out)[0], recorded[key][number], rtol=1e-3, atol=1e-5)


def test_a_folder_is_classified_and_named(mean: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("zero\none\ntwo\n")
    options = ["--images-dim", "24,24", "--mean-file", mean, "--labels", str(labels), "--ext", "png", "--top", "1"]
    assert main(["classify", str(IMAGES), *NET, *options]) == 0
    printed = capsys.readouterr().out
    count = len(list(IMAGES.glob("*.png")))
    assert f"Classifying {count} inputs." in printed
    assert sum(any(word in line for word in ("zero", "one", "two")) for line in printed.splitlines()) >= 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--images-dim", "24"], "--images-dim is '24', must be height,width"),
        (["--images-dim", "a,b"], "--images-dim is 'a,b', must be whole numbers"),
        (["--ext", "gif"], "no file ends in .gif"),
        (["--mean-file", "nowhere.npy"], "nowhere.npy cannot be read"),
        (["--labels", "nowhere.txt"], "nowhere.txt cannot be read"),
    ],
)
def test_what_cannot_be_is_refused(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["classify", str(IMAGES), *NET, *words]) == 1
    assert said in capsys.readouterr().err
