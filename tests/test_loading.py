from __future__ import annotations

import threading
from pathlib import Path

import pytest
import torch

import netdef
from netdef.errors import DataError, DeviceError, UsageError, WeightsError
from netdef.loading import load, open_evaluation, open_feed
from netdef.session import open_training
from tests.graph.texts import IMAGES, graph, inner_product
from tests.trainings import TEST_BATCH, write_run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path)
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.fixture
def weights(folder: Path) -> Path:
    """Weights that were trained a little."""
    with open_training("solver.prototxt") as training:
        list(training.solver.step(2))
        return training.snapshot()[0]


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("netdef")]


def test_a_net_is_loaded_in_phase_test_unless_another_is_asked_for(folder: Path) -> None:
    assert not load("net.prototxt").graph.train
    assert load("net.prototxt", phase="TRAIN").graph.train
    assert netdef.load is load


def test_stages_and_level_choose_layers(folder: Path) -> None:
    rules = 'include { min_level: 2 stage: "deploy" }'
    text = (folder / "net.prototxt").read_text()
    (folder / "net.prototxt").write_text(f'{text} layer {{ name: "extra" type: "ReLU" bottom: "ip" top: "e" {rules} }}')
    assert load("net.prototxt", stages=["deploy"], level=2).graph.nodes[-1].name == "extra"
    assert load("net.prototxt", stages=["deploy"]).graph.nodes[-1].name == "loss"


def test_weights_are_loaded_by_layer_name(folder: Path, weights: Path) -> None:
    with open_training("solver.prototxt", weights=str(weights)) as training:
        learned = training.net.blobs_of("bn")
    torch.testing.assert_close(load(Path("net.prototxt"), weights).blobs_of("bn"), learned)


def test_without_weights_the_seed_makes_the_first_values(folder: Path) -> None:
    one, same, other = (load("net.prototxt", seed=seed).blobs_of("ip")[0] for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_stages_that_mean_nothing_are_refused(folder: Path) -> None:
    net = load("net.prototxt", stages=["deploy"])  # a file without such rules takes any
    assert net.graph.nodes[-1].name == "loss"
    text = (folder / "net.prototxt").read_text()
    rules = 'include { stage: "deploy" not_stage: "small" }'
    (folder / "net.prototxt").write_text(f'{text} layer {{ name: "extra" type: "ReLU" bottom: "ip" top: "e" {rules} }}')
    load("net.prototxt", stages=["deploy", "small"])
    words = 'no layer has a rule about the stage "deplyo"; there are rules about "deploy", "small"'
    with pytest.raises(UsageError, match=words):
        load("net.prototxt", stages=["deplyo"])
    with pytest.raises(UsageError, match=r'stages is "deploy", must be a list: \["deploy"\]'):
        load("net.prototxt", stages="deploy")


def test_gradients_go_down_to_the_inputs_where_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(IMAGES + inner_product("x", "y", 4))
    for forced in (False, True):
        x = torch.ones(5, 3, requires_grad=True)
        made = load(path, device="cpu", force_backward=forced)({"x": x}).blobs["y"]
        (gradient,) = torch.autograd.grad(made[:, 2].sum(), x, allow_unused=True)
        assert (gradient is not None) is forced


def test_a_device_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(DeviceError, match=r'device "cuda:99": GPU 99 is not there: .*; device "cpu" computes'):
        load("net.prototxt", device="cuda:99")
    with pytest.raises(DeviceError, match='device "gpu": torch knows no such device'):
        load("net.prototxt", device="gpu")


def test_an_unknown_phase_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match='phase is "test", must be one of TRAIN, TEST'):
        load("net.prototxt", phase="test")


def test_a_net_computes_in_the_precision_that_is_asked_for(folder: Path, weights: Path) -> None:
    inputs = {"data": torch.rand(TEST_BATCH, 3, 5, 5), "label": torch.zeros(TEST_BATCH)}
    exact, rounded = (
        load("net.prototxt", weights, device="cpu", precision=precision)(inputs, keep=["ip"])
        for precision in ("FP32", "BF16")
    )
    assert (exact.blobs["ip"].dtype, rounded.blobs["ip"].dtype) == (torch.float32, torch.bfloat16)
    torch.testing.assert_close(rounded.blobs["ip"].float(), exact.blobs["ip"], rtol=0.05, atol=0.02)
    assert rounded.loss.dtype == torch.float32
    assert rounded.loss != exact.loss


def test_an_evaluation_computes_in_the_precision_that_is_asked_for(folder: Path, weights: Path) -> None:
    with open_evaluation("net.prototxt", weights, device="cpu", precision="BF16") as evaluation:
        result = evaluation.net(evaluation.feed.next().tensors("cpu", torch.float32), keep=["ip"])
    assert result.blobs["ip"].dtype == torch.bfloat16


def test_an_unknown_precision_is_refused_before_a_file_is_read() -> None:
    for opener in (load, open_evaluation):
        with pytest.raises(UsageError, match=r'^precision is "FP8", must be one of FP32, BF16, FP16$'):
            opener("nowhere.prototxt", precision="FP8")


def test_weights_that_are_not_there_are_refused(folder: Path) -> None:
    with pytest.raises(WeightsError, match=r"nowhere\.caffemodel"):
        load("net.prototxt", "nowhere.caffemodel")


def test_an_evaluation_has_a_net_and_its_batches(folder: Path, weights: Path) -> None:
    with open_evaluation("net.prototxt", weights) as evaluation:
        batch = evaluation.feed.next()
        result = evaluation.net(batch.tensors("cpu", torch.float32))
    assert sorted(result.blobs) == ["acc", "loss"]
    assert batch.ordinals["pictures"].tolist() == list(range(TEST_BATCH))
    assert threads() == []


def test_a_missing_database_is_named(folder: Path) -> None:
    text = (folder / "net.prototxt").read_text()
    (folder / "net.prototxt").write_text(text.replace("test_lmdb", "tset_lmdb"))
    with pytest.raises(DataError, match=r'layer "pictures" \(Data\): tset_lmdb: no such database'):
        open_evaluation("net.prototxt")


def test_no_thread_stays_where_the_weights_do_not_fit(folder: Path, weights: Path) -> None:
    text = (folder / "net.prototxt").read_text()
    (folder / "net.prototxt").write_text(text.replace("num_output: 4", "num_output: 6"))
    with pytest.raises(WeightsError, match="conv"):
        open_evaluation("net.prototxt", weights)
    assert threads() == []


def test_a_net_that_waits_for_arrays_has_no_batches() -> None:
    with pytest.raises(UsageError) as caught:
        open_feed(graph(IMAGES), Path(), seed=0, name="test0")
    assert str(caught.value) == (
        'layer "images" (Input) has no data of its own, but batches are needed:'
        " give the net a data layer for this phase and stage"
    )
