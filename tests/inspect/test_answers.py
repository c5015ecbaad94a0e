from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.data.view import views_of
from netdef.errors import UsageError
from netdef.inspect.answers import Answers, answers, averaged
from netdef.loading import open_evaluation
from tests.data.databases import pictures, raw_datum, write_database
from tests.trainings import RECORDS, TEST_RECORDS, write_run

MODEL = "net.prototxt"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a net and its databases."""
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path)
    return tmp_path


def asked(crops: int = 0, *scales: int) -> Answers:
    views = views_of(crops, scales) if crops else ()
    with open_evaluation(MODEL, device="cpu", once=True, views=views) as evaluation:
        return answers(evaluation)


def test_one_view_is_the_middle(folder: Path) -> None:
    text = Path(MODEL).read_text().replace("mirror: true", "")
    Path(MODEL).write_text(text)
    single, middle = asked(), asked(1)
    assert single.chances.shape == (TEST_RECORDS, RECORDS)
    assert torch.equal(single.chances, middle.chances)
    assert single.labels.tolist() == middle.labels.tolist() == list(range(TEST_RECORDS))
    np.testing.assert_allclose(single.chances.sum(1), 1)


def test_several_views_are_averaged_after_the_softmax(folder: Path) -> None:
    ten = asked(10)
    with open_evaluation(MODEL, device="cpu", once=True) as evaluation:
        net = evaluation.net
        batch = torch.stack([_cut(folder, record) for record in range(TEST_RECORDS)])
        scores = [
            net({"data": crops * 0.004, "label": torch.zeros(10)}, rows=None, iteration=0, keep=["ip"]).blobs["ip"]
            for crops in batch
        ]
    want = torch.stack([each.double().softmax(1).mean(0) for each in scores])
    torch.testing.assert_close(ten.chances, want, rtol=1e-5, atol=1e-7)


def _cut(folder: Path, record: int) -> torch.Tensor:
    """Return ten windows of a record, cut by hand."""
    image = torch.from_numpy(pictures(TEST_RECORDS)[record].astype(np.float32))
    places = [(0, 0), (0, 2), (4, 0), (4, 2), (2, 1)]
    windows = [image[:, top : top + 5, left : left + 5] for top, left in places]
    return torch.stack([*windows, *(window.flip(2) for window in windows)])


@pytest.mark.parametrize("scales", [(), (5, 8, 11)])
def test_of_constant_images_every_view_says_the_same(folder: Path, scales: tuple[int, ...]) -> None:
    colours = np.random.default_rng(3).integers(0, 256, (TEST_RECORDS, 3, 1, 1))
    records = [raw_datum(np.broadcast_to(c, (3, 9, 7)).astype(np.uint8), n) for n, c in enumerate(colours)]
    (folder / "constant").mkdir()
    write_database(folder / "constant" / "db", records)
    Path(MODEL).write_text(Path(MODEL).read_text().replace("test_lmdb", "constant/db"))
    assert torch.equal(asked(10, *scales).chances, asked().chances)


def test_a_net_averaged_with_itself_is_the_net(folder: Path) -> None:
    one = asked(2)
    assert torch.equal(averaged([one, one]).chances, one.chances)
    assert torch.equal(averaged([one, one, one]).chances, one.chances)
    assert averaged([one]).chances.tolist() == one.chances.tolist()


def test_nets_are_averaged_record_by_record() -> None:
    labels = torch.tensor([1, 0])
    first = Answers("a", torch.tensor([[0.9, 0.1], [0.4, 0.6]]), labels)
    second = Answers("b", torch.tensor([[0.2, 0.8], [0.9, 0.1]]), labels)
    both = averaged([first, second])
    torch.testing.assert_close(both.chances, torch.tensor([[0.55, 0.45], [0.65, 0.35]]))
    assert both.name == "a + b"
    assert (first.tally().accuracy, second.tally().accuracy, both.tally().accuracy) == ({1: 0.0}, {1: 1.0}, {1: 0.5})


def test_nets_of_other_records_or_classes_are_refused() -> None:
    one = Answers("a", torch.full((3, 2), 0.5), torch.tensor([1, 0, 1]))
    with pytest.raises(UsageError, match=r"the same records and classes; found 3×2 \(a\) and 3×4 \(b\)"):
        averaged([one, Answers("b", torch.full((3, 4), 0.25), one.labels)])
    with pytest.raises(UsageError, match="record 2 has the label 1 for a and 0 for b"):
        averaged([one, Answers("b", one.chances, torch.tensor([1, 0, 0]))])


def test_one_answer_a_record_is_needed(folder: Path) -> None:
    text = (
        Path(MODEL)
        .read_text()
        .replace('bottom: "ip" bottom: "label" top: "acc"', 'bottom: "conv" bottom: "l" top: "acc"')
    )
    places = 'layer { name: "l" type: "DummyData" top: "l" dummy_data_param { shape { dim: 2 dim: 3 dim: 3 } } }'
    text = text.replace('layer { name: "acc"', places + 'layer { name: "acc"')
    Path(MODEL).write_text(text)
    with pytest.raises(UsageError, match="does not give each record one class"):
        asked()
