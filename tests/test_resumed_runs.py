"""Runs that go on from a snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netdef.prototxt.edit import assign
from netdef.prototxt.tree import Message
from netdef.session import open_training
from tests.recurrent import register
from tests.trainings import BATCH, NET, Record, state, write_run, written_again

TYPES = {
    "SGD": "momentum: 0.9",
    "Nesterov": "momentum: 0.9",
    "AdaGrad": "",
    "RMSProp": "rms_decay: 0.9",
    "AdaDelta": "momentum: 0.95 delta: 1e-6",
    "Adam": "momentum: 0.9 momentum2: 0.99",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    return tmp_path


@pytest.mark.parametrize("form", ["BINARYPROTO", "HDF5"])
@pytest.mark.parametrize("kind", TYPES)
def test_a_run_that_was_broken_off_goes_on_to_the_same_bits(folder: Path, kind: str, form: str) -> None:
    solver = write_run(folder, f'type: "{kind}" {TYPES[kind]} random_seed: 5 snapshot_format: {form}')
    with open_training(solver) as straight:
        whole = Record(straight)
        whole.run(straight.solver.solve())
    with open_training(solver) as broken_off:
        first = Record(broken_off)
        first.run(broken_off.solver.step(6))
        _, path = broken_off.snapshot()
    with open_training(solver, snapshot=path) as resumed:
        rest = Record(resumed)
        assert resumed.solver.iteration == 6
        rest.run(resumed.solver.solve())
    assert state(resumed) == state(straight)
    assert first.losses + rest.losses == whole.losses
    assert first.tests + rest.tests == whole.tests
    assert first.batches + rest.batches == whole.batches
    assert 10 * BATCH > 4 * 7  # the database has been gone through more than four times


def test_a_resumed_run_draws_no_first_values(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    solver = write_run(folder)
    with open_training(solver) as training:
        list(training.solver.step(2))
        weights, path = training.snapshot()
    drawn: list[tuple[int | str, ...]] = []
    monkeypatch.setattr("netdef.module.first_values.fill", lambda filler, tensor, key: drawn.append(key))
    with open_training(solver, snapshot=path) as resumed, open_training(solver, weights=str(weights)) as finetuned:
        assert drawn == []
        for layer in ("conv", "bn", "ip"):
            for begun in (resumed.net, finetuned.net):
                torch.testing.assert_close(begun.blobs_of(layer), training.net.blobs_of(layer), rtol=0, atol=0)
    open_training(solver).__exit__(None, None, None)
    assert [layer for _, layer, _ in drawn] == ["conv", "conv", "ip", "ip"]


def test_a_drawn_seed_is_saved_and_a_resumed_run_uses_it(folder: Path) -> None:
    solver = write_run(folder, "momentum: 0.9")
    with open_training(solver) as one, open_training(solver) as other:
        assert one.seed != other.seed
        assert one.net.seed == one.seed
        list(one.solver.step(2))
        _, path = one.snapshot()
        with open_training(solver, snapshot=path) as resumed:
            assert resumed.seed == resumed.net.seed == one.seed
            assert next(iter(resumed.solver.step(1))) == next(iter(one.solver.step(1)))


def test_the_files_seed_counts_more_than_the_snapshots(folder: Path) -> None:
    solver = write_run(folder, "momentum: 0.9 random_seed: 5")
    with open_training(solver) as training:
        _, path = training.snapshot()
    with open_training(written_again(solver, "random_seed: 5", "random_seed: 8"), snapshot=path) as resumed:
        assert resumed.seed == 8


def test_hidden_state_is_saved(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    remembering = (
        'layer { name: "h" type: "Remembering" bottom: "label" top: "h" } layer { type: "Silence" bottom: "h" }'
    )
    solver = write_run(folder, net=NET + remembering)
    with open_training(solver) as straight:
        list(straight.solver.step(3))
        _, path = straight.snapshot()
        with open_training(solver, snapshot=path) as resumed:
            one, other = (
                training.net({"data": torch.ones(3, 3, 5, 5), "label": torch.tensor([0.0, 1, 2])}, keep=["h"])
                for training in (straight, resumed)
            )
    assert one.blobs["h"].tolist() == other.blobs["h"].tolist()
    assert one.blobs["h"].tolist() != [0, 2, 4]


def test_a_layer_that_is_frozen_when_a_run_is_resumed_is_not_moved_by_its_momentum(folder: Path) -> None:
    solver = write_run(folder, "momentum: 0.9 random_seed: 5")
    with open_training(solver) as training:
        list(training.solver.step(3))
        _, path = training.snapshot()

    def freeze(tree: Message) -> None:
        assign(tree, "layer[conv].in_group", '"still"')
        assign(tree, "layer_group.name", '"still"')
        assign(tree, "layer_group.freeze", "true")

    with open_training(solver, snapshot=path, edit_net=freeze) as frozen:
        before = [blob.clone() for blob in frozen.net.blobs_of("conv")]
        moving = frozen.net.blobs_of("ip")[0].detach().clone()
        list(frozen.solver.step(2))
    torch.testing.assert_close(frozen.net.blobs_of("conv"), before, rtol=0, atol=0)
    assert not torch.equal(frozen.net.blobs_of("ip")[0], moving)
