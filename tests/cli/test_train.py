from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from netdef.weights.file import read_weights
from tests.trainings import RECORDS, write_run

Lines = list[dict[str, Any]]

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path, "momentum: 0.9 random_seed: 5 display: 2 snapshot: 4")
    return tmp_path


def change(path: str, old: str, new: str) -> None:
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def journal(folder: str = "run") -> Lines:
    return [json.loads(line) for line in (Path(folder) / "log.jsonl").read_text().splitlines()]


def messages(text: str) -> list[str]:
    """What stands behind severity, time and place of each line."""
    return [line.split("] ", 1)[1] for line in text.splitlines() if re.match(r"[IWE]\d{4} ", line)]


def weights(path: str | Path) -> dict[str, list[list[float]]]:
    return {
        layer.name: [blob.flatten().tolist() for blob in layer.blobs if blob is not None]
        for layer in read_weights(path).layers
        if layer.blobs
    }


def tail(events: Lines, *keys: str) -> list[tuple[object, ...]]:
    return [tuple(event.get(key) for key in keys) for event in events]


def test_a_run_leaves_weights_states_and_logs(folder: Path, run: Run) -> None:
    done = run("train", "--solver", "solver.prototxt")
    assert (done.code, done.out) == (0, "")
    names = sorted(path.name for path in (folder / "run").iterdir())
    pairs = [f"tiny_iter_{n}.{kind}" for n in (10, 4, 8) for kind in ("caffemodel", "solverstate")]
    assert names == ["log.jsonl", *pairs, "train.log"]
    assert messages(done.err) == messages((folder / "run" / "train.log").read_text())


def test_the_text_log_tells_what_caffe_tells(folder: Path, run: Run) -> None:
    log = messages(run("train", "--solver", "solver.prototxt").err)
    assert log[0].startswith("Use the CPU (")
    assert log[1:5] == ["random_seed: 5", "Solving tiny", "Learning Rate Policy: step", "Iteration 0, Testing net (#0)"]
    assert re.fullmatch(r"    Test net output #0: acc = \S+", log[5])
    assert re.fullmatch(r"    Test net output #1: loss = (\S+) \(\* 1 = \1 loss\)", log[6])
    assert re.fullmatch(r"Iteration 0 \(\S+ iter/s, \S+s/2 iters\), loss = \S+", log[7])
    assert re.fullmatch(r"    Train net output #0: loss = (\S+) \(\* 1 = \1 loss\)", log[8])
    assert log[9] == "Iteration 0, lr = 0.05"
    assert "Snapshotting to binary proto file run/tiny_iter_4.caffemodel" in log
    assert "Snapshotting solver state to binary proto file run/tiny_iter_4.solverstate" in log
    assert log[-2] == "Optimization Done."
    assert re.fullmatch(r"Waited for data \S+% of the time \(\S+ of \S+ s\)", log[-1])


def test_the_journal_has_a_line_for_each_event(folder: Path, run: Run) -> None:
    run("train", "--solver", "solver.prototxt")
    events = journal()
    assert tail(events, "event", "iteration") == [
        *(("test", 0), ("train", 0), ("train", 2), ("snapshot", 4)),
        *(("test", 4), ("train", 4), ("train", 6), ("snapshot", 8)),
        *(("test", 8), ("train", 8), ("snapshot", 10), ("final", 10), ("finished", 10)),
        ("data", None),
    ]
    train, test = events[1], events[0]
    assert set(train) == {"event", "iteration", "loss", "smoothed_loss", "lr", "waited", "seconds"}
    assert set(test) == {"event", "iteration", "net", "acc", "loss", "seconds"}
    assert test["net"] == 0
    assert [event["seconds"] for event in events] == sorted(event["seconds"] for event in events)
    assert events[3]["weights"] == "run/tiny_iter_4.caffemodel"


def test_a_resumed_run_ends_where_the_straight_one_does(folder: Path, run: Run) -> None:
    run("train", "--solver", "solver.prototxt")
    straight, events = weights("run/tiny_iter_10.caffemodel"), journal()
    Path("run/tiny_iter_10.caffemodel").unlink()
    done = run("train", "--solver", "solver.prototxt", "--snapshot", "run/tiny_iter_4.solverstate")
    assert done.code == 0
    assert "Resuming from run/tiny_iter_4.solverstate" in messages(done.err)
    assert weights("run/tiny_iter_10.caffemodel") == straight
    again = journal()[len(events) :]  # appended
    keys = ("event", "iteration", "loss", "smoothed_loss", "acc", "lr")
    assert tail(again, *keys) == tail(events, *keys)[4:]


def test_latest_takes_the_newest_whole_pair(folder: Path, run: Run) -> None:
    run("train", "--solver", "solver.prototxt")
    straight = weights("run/tiny_iter_10.caffemodel")
    for newest in ("run/tiny_iter_10.solverstate", "run/tiny_iter_8.solverstate"):
        Path(newest).write_bytes(b"torn")
    done = run("train", "--solver", "solver.prototxt", "--snapshot", "latest")
    log = messages(done.err)
    said = [line.partition(": ")[0] for line in log[: log.index("Resuming from run/tiny_iter_4.solverstate")]]
    assert [line for line in said if not line.startswith(" ")] == [
        "run/tiny_iter_10.solverstate is passed over",
        "run/tiny_iter_8.solverstate is passed over",
    ]
    assert weights("run/tiny_iter_10.caffemodel") == straight


def test_latest_begins_anew_where_there_is_none_and_says_so(folder: Path, run: Run) -> None:
    done = run("train", "--solver", "solver.prototxt", "--snapshot=latest")
    assert done.code == 0
    assert messages(done.err)[0] == "No snapshot under run/tiny yet: starting anew"
    assert journal()[0]["iteration"] == 0


def test_a_new_run_sets_the_logs_of_the_one_before_aside(folder: Path, run: Run) -> None:
    for _ in range(2):
        run("train", "--solver", "solver.prototxt", "--set", "solver.max_iter=1")
    assert len(journal()) == len(json_lines("run/log.1.jsonl"))
    assert Path("run/train.1.log").exists()


def json_lines(path: str) -> Lines:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


def test_a_drawn_seed_is_logged_and_kept(folder: Path, run: Run) -> None:
    change("solver.prototxt", "random_seed: 5", "")
    first = messages(run("train", "--solver", "solver.prototxt").err)
    again = messages(run("train", "--solver", "solver.prototxt", "--snapshot", "run/tiny_iter_4.solverstate").err)
    (seed,) = (line for line in first if line.startswith("random_seed: "))
    assert seed in again
    other = messages(run("train", "--solver", "solver.prototxt").err)
    assert seed not in other


def test_fine_tuning_tells_what_became_of_each_layer(folder: Path, run: Run) -> None:
    run("train", "--solver", "solver.prototxt", "--set", "solver.max_iter=4")
    shutil.copy("run/tiny_iter_4.caffemodel", "one.caffemodel")
    change("net.prototxt", '"ip"', '"new"')
    done = run("train", "--solver", "solver.prototxt", "--weights", "one.caffemodel,run/tiny_iter_4.caffemodel")
    log = messages(done.err)
    assert "Finetuning from one.caffemodel,run/tiny_iter_4.caffemodel" in log
    report = [
        line.split() for line in log[log.index(next(line for line in log if line.startswith("Finetuning"))) + 1 :]
    ]
    assert [row[:2] for row in report[:7]] == [
        *(["loaded", "conv"], ["loaded", "bn"]) * 2,
        ["kept", "new"],
        *(["ignored", "ip"],) * 2,
    ]


def test_weights_and_snapshot_exclude_each_other(folder: Path, run: Run) -> None:
    with pytest.raises(SystemExit) as caught:
        run("train", "--solver", "solver.prototxt", "--weights", "w", "--snapshot", "s")
    assert caught.value.code == 2


def test_fields_can_be_set_by_flags(folder: Path, run: Run) -> None:
    sets = ["solver.base_lr=0.125", "solver.max_iter=3", "solver.snapshot_prefix=other/big"]
    sets += ["net.layer[ip].inner_product_param.num_output=9"]
    words = [word for one in sets for word in ("--set", one)]
    assert run("train", "--solver", "solver.prototxt", *words).code == 0
    assert journal("other")[1]["lr"] == 0.125
    assert len(weights("other/big_iter_3.caffemodel")["ip"][1]) == 9
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("solver.base_lrr=1", "base_lrr"),
        ("net.layer[conf].type=ReLU", "conf"),
        ("solver.type=SDG", 'type is "SDG", which is unknown'),
        ("base_lr=1", "--set base_lr=1: must be solver.FIELD=VALUE or net.FIELD=VALUE"),
        ("solver.max_iter=many", "many"),
    ],
)
def test_what_cannot_be_set_is_an_error(folder: Path, run: Run, assignment: str, words: str) -> None:
    done = run("train", "--solver", "solver.prototxt", "--set", assignment)
    assert done.code == 1
    assert words in done.err
    assert "Traceback" not in done.err


def test_old_scripts_flags_are_taken(folder: Path, run: Run) -> None:
    words = ("-solver=solver.prototxt", "-sigint_effect=none", "--sighup_effect", "stop", "-level", "0", "-stage=a,b")
    assert run("train", *words, "--set", "solver.max_iter=1").code == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("net.prototxt", "train_lmdb", "tarin_lmdb", 'layer "pictures" (Data): tarin_lmdb: no such database'),
        ("net.prototxt", "test_lmdb", "tset_lmdb", 'layer "pictures" (Data): tset_lmdb: no such database'),
        ("net.prototxt", "kernel_size: 3", "kernel_size: 30", 'net.prototxt:15:37: layer "conv" (Convolution): '),
        ("solver.prototxt", "net.prototxt", "nte.prototxt", "solver.prototxt:2:1: nte.prototxt: no such file"),
        ("solver.prototxt", '"step"', '"stp"', 'solver.prototxt:2:35: lr_policy is "stp"'),
        ("solver.prototxt", "solver_mode: CPU", 'weights: "w.caffemodel"', "w.caffemodel"),
    ],
)
def test_what_is_wrong_is_told_without_a_traceback(
    folder: Path, run: Run, file: str, old: str, new: str, words: str
) -> None:
    change(file, old, new)
    done = run("train", "--solver", "solver.prototxt")
    assert done.code == 1
    assert words in done.err
    assert words in (folder / "run" / "train.log").read_text()
    assert "Traceback" not in done.err


def test_a_solver_that_is_not_there_is_an_error(folder: Path, run: Run) -> None:
    done = run("train", "--solver", "slover.prototxt")
    assert (done.code, done.err) == (1, "slover.prototxt: no such file\n    did you mean solver.prototxt?\n")


def test_a_snapshot_that_is_not_there_is_an_error(folder: Path, run: Run) -> None:
    done = run("train", "--solver", "solver.prototxt", "--snapshot", "run/tiny_iter_3.solverstate")
    assert done.code == 1
    assert "run/tiny_iter_3.solverstate" in done.err


def test_a_gpu_that_is_not_there_is_an_error(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    done = run("train", "--solver", "solver.prototxt", "--gpu", "3")
    assert done.code == 1
    assert "GPU 3 is not there: torch sees no GPU on this machine" in done.err


def test_a_place_that_cannot_be_written_is_told_before_the_training(folder: Path, run: Run) -> None:
    (folder / "run").write_text("a file")
    done = run("train", "--solver", "solver.prototxt")
    assert done.code == 1
    assert "no snapshot can be written to run" in done.err
    assert "Iteration" not in done.err


def test_a_loss_that_is_no_number_ends_the_run_with_what_to_do(folder: Path, run: Run) -> None:
    done = run(
        "train", "--solver", "solver.prototxt", "--set", "solver.base_lr=1e30", "--set", "solver.clip_gradients=-1"
    )
    assert done.code == 1
    log = messages(done.err)
    assert re.match(r"iteration \d+: the loss is (nan|inf) \(loss = (nan|inf)\); the loss before was", log[-2])
    assert "try a smaller base_lr, clip_gradients, or look for bad records" in log[-1]
    assert "Traceback" not in done.err
    assert journal()[-1]["event"] in ("train", "test")


def test_rows_of_hdf5_files_can_be_trained_on(folder: Path, run: Run) -> None:
    with h5py.File("rows.h5", "w") as file:
        file["data"] = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
        file["label"] = np.arange(7, dtype=np.float32) % RECORDS
    Path("list.txt").write_text("rows.h5\n")
    options = 'hdf5_data_param { source: "list.txt" batch_size: 2 }'
    data = f'layer {{ name: "rows" type: "HDF5Data" top: "data" top: "label" {options} }}'
    product = 'layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 7 } }'
    loss = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }'
    Path("net.prototxt").write_text("\n".join((data, product, loss)))
    assert run("train", "--solver", "solver.prototxt", "--set", "solver.snapshot_format=HDF5").code == 0
    assert Path("run/tiny_iter_10.solverstate.h5").exists()


def test_what_few_trainings_need_is_imported_by_them_alone() -> None:
    heavy = {"sympy", "torch._dynamo", "torch.distributed.fsdp"}  # a second of CPU time and more
    program = f"import sys, netdef.cli.train; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
