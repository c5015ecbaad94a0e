"""Cases of cli/: what Caffe's command-line tools printed and wrote, from the same files and flags."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from difflib import unified_diff
from functools import partial
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import lmdb
import numpy as np
import pytest

from netdef.cli.caffe_command import caffe
from netdef.cli.main import main
from netdef.data.datum import Datum, parse_datum
from netdef.weights.file import read_weights
from netdef.weights.solverstate import read_solverstate
from tests.goldens.compare import NETS, SOLVERS, Tolerance, check

PRINTED = Tolerance(1e-4, 1e-6)  # six digits
HEAD = re.compile(r"^[IWEF]\d+ \S+ +\d+ \S+\] ?", re.MULTILINE)
NUMBER = re.compile(r"(?<![\w#])[-+]?\d[\d.]*(?:e[-+]?\d+)?\b")
SPEED = re.compile(r" \(\S+ iter/s, \S+/\d+ iters\)")
EXIT_STATUS = re.compile(r"^# exit status (-?\d+)\n")
# Layers that Caffe puts between a blob and its readers; netdef needs none. Its times per layer are medians.
NOT_OURS = re.compile(r"_split\t|^Average time per layer")


class Printed(NamedTuple):
    """A line with its numbers taken out."""

    form: str
    numbers: list[float]


class Done(NamedTuple):
    """The end of a command and all that it printed, without times and places."""

    status: int
    text: str


def run(command: Callable[[Sequence[str]], int], *words: str) -> Done:
    text = StringIO()
    with redirect_stdout(text), redirect_stderr(text):
        try:
            status = command(words)
        except SystemExit as end:  # argparse's way to refuse a command line
            status = int(end.code or 0)
    return Done(status, HEAD.sub("", text.getvalue()))


def caffes(log: Path) -> Done:
    text = log.read_text()
    found = EXIT_STATUS.match(text)
    assert found, f"{log} begins with its exit status"
    return Done(int(found[1]), HEAD.sub("", text[found.end() :]))


@contextmanager
def own_copy(folder: Path) -> Iterator[Path]:
    """Work in a folder with a copy of cli/, since runs write over their files; yield the original."""
    original = folder.resolve()
    with TemporaryDirectory() as scratch, chdir(scratch):
        shutil.copytree(original, folder.name)
        yield original


def on(device: str) -> tuple[str, ...]:
    return ("-gpu", "0") if device == "cuda" else ()


def lines(text: str, pattern: str) -> list[Printed]:
    """The lines that are alike in both, with their numbers, but for those that tell speeds."""
    found = (SPEED.sub("", line) for line in text.splitlines() if re.search(pattern, line))
    return [Printed(NUMBER.sub("#", line), list(map(float, NUMBER.findall(line)))) for line in found]


def compare_lines(ours: str, theirs: str, pattern: str) -> None:
    found, wanted = lines(ours, pattern), lines(theirs, pattern)
    assert wanted
    differences = "\n".join(
        unified_diff([line.form for line in wanted], [line.form for line in found], "Caffe", "netdef")
    )
    assert not differences, differences
    for line, other in zip(found, wanted, strict=True):
        for number, caffes_number in zip(line.numbers, other.numbers, strict=True):
            check(line.form, number, caffes_number, PRINTED)


def compare_weights(found: Path, wanted: Path) -> None:
    ours, theirs = (
        {layer.name: layer.blobs for layer in read_weights(path).layers if layer.blobs} for path in (found, wanted)
    )
    assert ours.keys() == theirs.keys()
    for name, blobs in theirs.items():
        assert len(ours[name]) == len(blobs)
        for number, (blob, other) in enumerate(zip(ours[name], blobs, strict=True)):
            assert blob is not None
            assert other is not None
            check(f"{found.name} {name}/{number}", blob, other, SOLVERS)


def compare_states(found: Path, wanted: Path) -> None:
    ours, theirs = read_solverstate(found), read_solverstate(wanted)
    assert (ours.iteration, ours.current_step) == (theirs.iteration, theirs.current_step)
    assert ours.learned_net == theirs.learned_net
    for number, (history, other) in enumerate(zip(ours.histories, theirs.histories, strict=True)):
        check(f"{found.name} history {number}", history, other, SOLVERS)


TRAINING = r"^(Iteration \d|Solving|Learning Rate|Snapshotting|Resuming|\s+(Train|Test) net output)"
TESTING = r"^(Batch \d|Running for|Loss:|(acc|loss|per_class) =)"


def run_training_case(start: Sequence[str], files: dict[str, str], folder: Path, log: str, device: str) -> None:
    """A run prints and writes what Caffe's did; ``files`` are ours, each with Caffe's."""
    with own_copy(folder) as original:
        done, theirs = (
            run(caffe, "train", "-solver", "cli/solver.prototxt", *start, *on(device)),
            caffes(original / log),
        )
        assert done.status == theirs.status, done.text
        compare_lines(done.text, theirs.text, TRAINING)
        assert "Optimization Done." in done.text
        for found, wanted in files.items():
            compare = compare_states if found.endswith(".solverstate") else compare_weights
            compare(Path("cli", found), original / wanted)


def run_test_case(folder: Path, log: str, device: str) -> None:
    words = ("-model", "cli/net.prototxt", "-weights", "cli/snap_iter_6.caffemodel", "-iterations", "3")
    with own_copy(folder) as original:
        done, theirs = run(caffe, "test", *words, *on(device)), caffes(original / log)
        assert done.status == theirs.status, done.text
        compare_lines(done.text, theirs.text, TESTING)


def run_time_case(flags: Sequence[str], folder: Path, log: str, device: str) -> None:
    """Each line that Caffe prints of its benchmark is there, in its order, with times of our own."""
    words = ("-model", "cli/net.prototxt", "-iterations", "2", *flags)
    with own_copy(folder) as original:
        done, theirs = run(caffe, "time", *words, *on(device)), caffes(original / log)
    assert done.status == theirs.status, done.text
    forms = [line.form for line in lines(theirs.text.partition("Performing Backward\n")[2], "")]
    wanted = [form for form in forms if not NOT_OURS.search(form)]
    assert sum("forward: # ms." in form for form in wanted) >= 5
    ours = iter(line.form for line in lines(done.text, ""))
    missing = [form for form in wanted if not any(line.startswith(form) for line in ours)]
    assert not missing, done.text


def run_refusal_case(words: Sequence[str], told: Sequence[str], folder: Path, log: str, device: str) -> None:
    """A command line that cannot be is refused, and the user told what Caffe's tool tells; exit codes are our own."""
    done, theirs = run(caffe, *words), caffes(folder / log)
    assert done.status in (1, 2)
    for pattern in told:
        assert re.search(pattern, theirs.text, re.MULTILINE), theirs.text
        assert re.search(pattern, done.text, re.MULTILINE), done.text


def run_features_case(folder: Path, log: str, device: str) -> None:
    """The features are those that Caffe wrote, under the same keys."""
    words = ("cli/snap_iter_6.caffemodel", "cli/net.prototxt", "h,o", "mine_h,mine_o", "3", "lmdb")
    with own_copy(folder) as original:
        done, theirs = run(extract_features, *words, "GPU" if device == "cuda" else "CPU"), caffes(original / log)
        assert done.status == theirs.status, done.text
        compare_lines(done.text, theirs.text, r"^(Extract|Successfully)")
        compare_records(records("mine_h"), records(original / "features_lmdb"))
        compare_records(records("mine_o"), records(original / "features2_lmdb"))


def extract_features(words: Sequence[str]) -> int:
    return main(["extract-features", *words])


def records(database: str | Path) -> dict[bytes, Datum]:
    with lmdb.open(str(database), readonly=True, lock=False) as environment, environment.begin() as transaction:
        return {bytes(key): parse_datum(bytes(value)) for key, value in transaction.cursor()}


def compare_records(found: dict[bytes, Datum], wanted: dict[bytes, Datum]) -> None:
    assert found.keys() == wanted.keys()
    for key, other in wanted.items():
        ours = found[key]
        assert (ours.channels, ours.height, ours.width) == (other.channels, other.height, other.width)
        features, caffes_features = (np.frombuffer(one.float_data, "<f4") for one in (ours, other))
        check(f"features of {key!r}", features, caffes_features, NETS)


def run_unknown_case(folder: Path, log: str, device: str) -> None:
    pytest.fail(f"{folder / log}: nobody knows how to run it")


COMMANDS = tuple(rf"^\s+{command}\b" for command in ("train", "test", "device_query", "time"))
STRAIGHT = {f"snap_iter_6.{kind}": f"snap_iter_6.{kind}" for kind in ("caffemodel", "solverstate")}
RESUMED = {f"snap_iter_10.{kind}": f"snap_iter_10.{kind}" for kind in ("caffemodel", "solverstate")}
CASES: dict[str, Callable[[Path, str, str], None]] = {
    "train.log": partial(
        run_training_case,
        ("-weights", "cli/init.caffemodel"),
        STRAIGHT | {"snap_iter_10.caffemodel": "straight_iter_10.caffemodel"},
    ),
    "resume.log": partial(run_training_case, ("-snapshot", "cli/snap_iter_6.solverstate"), RESUMED),
    "test.log": run_test_case,
    "time.log": partial(run_time_case, ()),
    "time_test_phase.log": partial(run_time_case, ("-phase", "TEST")),
    "extract_features.log": run_features_case,
    "no_args.log": partial(run_refusal_case, (), COMMANDS),
    "unknown_command.log": partial(run_refusal_case, ("nonsense",), (*COMMANDS, "^Unknown action: nonsense$")),
    "train_without_solver.log": partial(run_refusal_case, ("train",), ("solver",)),
}


def cli_cases(root: Path) -> list[object]:
    return [
        pytest.param(partial(CASES.get(path.name, run_unknown_case), Path("cli"), path.name), id=f"cli/{path.stem}")
        for path in sorted(root.glob("cli/*.log"))
    ]
