"""Cases of data/, fillers/, upgrade/ and rejects/: databases, random values, old files, and what must be refused."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format
from google.protobuf.message import Message

from netdef.cli.findings import check_file
from netdef.errors import Severity
from netdef.graph.build import build
from netdef.loading import open_feed
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.schema.kind import FileKind, kind_of
from netdef.schema.load import load_net, load_solver
from netdef.solver.batch import run_batch
from netdef.weights.load import load_weights
from tests.goldens.compare import NETS, Tolerance, check
from tests.goldens.nets import Recorded, load_graph, set_parameters

PIXELS = Tolerance(1e-5, 1e-6)
RANDOM = 0.05  # one draw's statistics may differ by so much from another's


def run_data_case(prototxt: Path, npz: Path, device: str) -> None:
    """The batches of a data layer, seen by the net behind it."""
    arrays = dict(np.load(npz))
    net = Net(load_graph(prototxt, arrays), device=device)
    wanted = {key: array for key, array in arrays.items() if key.startswith("batch")}
    names = {key.split("/", 1)[1] for key in wanted}
    with open_feed(net.graph, prototxt.parent, seed=0, name="golden") as feed:
        for number in range(len({key.split("/")[0] for key in wanted})):
            result, _ = run_batch(net, feed.next(), number, keep=tuple(names))
            for name in names:
                key = f"batch{number}/{name}"
                check(key, result.blobs[name].cpu(), wanted[key], PIXELS)


def run_filler_case(prototxt: Path, npz: Path, device: str) -> None:
    """Mean, spread and bounds of a filler's values."""
    arrays = dict(np.load(npz))
    net = Net(build(load_net(prototxt).message, schema.NetState(phase=schema.TEST)), seed=1, device=device)
    blob = net.blobs_of("layer")[0].detach().cpu().numpy()
    assert blob.shape == tuple(arrays[f"{prototxt.stem}/shape"])
    mean, std, low, high, nonzero = arrays[f"{prototxt.stem}/mean_std_min_max_nonzero"]
    room = 4 * max(std, 1e-6) / np.sqrt(blob.size) + 1e-6
    assert abs(blob.mean() - mean) < 2 * room
    assert blob.std() == pytest.approx(std, rel=RANDOM, abs=1e-6)
    assert np.mean(blob != 0) == pytest.approx(nonzero, rel=RANDOM)
    if "gaussian" not in prototxt.stem and "msra" not in prototxt.stem:
        assert blob.min() == pytest.approx(low, rel=RANDOM, abs=RANDOM * (high - low) + 1e-6)
        assert blob.max() == pytest.approx(high, rel=RANDOM, abs=RANDOM * (high - low) + 1e-6)


def run_upgrade_case(old: Path, new: Path, device: str) -> None:
    """An old text means what Caffe's own upgrade made of it."""
    kind = kind_of(new)
    wanted: Message = schema.SolverParameter() if kind is FileKind.SOLVER else schema.NetParameter()
    text_format.Parse(new.read_text(), wanted)
    found = load_solver(old).message if kind is FileKind.SOLVER else load_net(old).message
    assert found == wanted


def run_legacy_weights_case(npz: Path, device: str) -> None:
    """An old net with its old weights computes what it did."""
    arrays = dict(np.load(npz))
    net = Net(load_graph(npz.with_suffix(".prototxt"), arrays), device=device)
    load_weights(net, npz.with_name(f"{npz.stem}_legacy.caffemodel"))
    for key, wanted in arrays.items():
        if key.startswith("param/"):
            layer, index = key.removeprefix("param/").rsplit("/", 1)
            check(key, net.blobs_of(layer)[int(index)].detach().cpu(), wanted, Tolerance(0, 0))
    run = Recorded(net, arrays, device)
    for key, wanted in arrays.items():
        if key.startswith("out/"):
            check(key, run.blob(key.split("/", 1)[1]).detach().cpu(), wanted, NETS)


def run_finetune_case(npz: Path, device: str) -> None:
    """Layers of the same name are loaded, the others stay."""
    arrays = dict(np.load(npz))
    arrays |= {key.replace("before/", "param/", 1): value for key, value in arrays.items() if key.startswith("before/")}
    net = Net(load_graph(npz.with_suffix(".prototxt"), arrays), device=device)
    set_parameters(net, arrays)
    load_weights(net, npz.with_name(f"{npz.stem}_partial.caffemodel"))
    for key, wanted in arrays.items():
        if key.startswith("after/"):
            layer, index = key.removeprefix("after/").rsplit("/", 1)
            check(key, net.blobs_of(layer)[int(index)].detach().cpu(), wanted, Tolerance(0, 0))


def run_reject_case(prototxt: Path, message: str, device: str) -> None:
    """What Caffe refuses is refused, and for a reason of its own; what it takes is taken."""
    errors = [problem for problem in check_file(str(prototxt)) if problem.severity is Severity.ERROR]
    if message == "ACCEPTED":
        assert not errors, errors
    else:
        assert errors, "Caffe refuses it"
        unknown = any("unknown layer type" in error.message for error in errors)
        assert unknown == ("Unknown layer type" in message), errors
        assert all(error.place for error in errors)


def data_cases(root: Path) -> list[object]:
    files = [*root.glob("data/layers/*.prototxt"), *root.glob("data/hdf5/*.prototxt")]
    return [
        pytest.param(
            partial(run_data_case, path.relative_to(root), path.with_suffix(".npz").relative_to(root)),
            id="/".join(path.relative_to(root).with_suffix("").parts),
        )
        for path in sorted(files)
        if path.with_suffix(".npz").exists()
    ]


def filler_cases(root: Path) -> list[object]:
    return [
        pytest.param(
            partial(run_filler_case, path.relative_to(root), Path("fillers/stats.npz")), id=f"fillers/{path.stem}"
        )
        for path in sorted(root.glob("fillers/*.prototxt"))
    ]


def upgrade_cases(root: Path) -> list[object]:
    texts = [
        pytest.param(
            partial(run_upgrade_case, path.relative_to(root), path.with_suffix(".upgraded.prototxt").relative_to(root)),
            id=f"upgrade/{path.stem}",
        )
        for path in sorted(root.glob("upgrade/*.prototxt"))
        if path.with_suffix(".upgraded.prototxt").exists()
    ]
    weights = [
        pytest.param(partial(run_legacy_weights_case, path.relative_to(root)), id=f"upgrade/{path.stem}_weights")
        for path in sorted(root.glob("upgrade/v*.npz"))
    ]
    finetuned = [
        pytest.param(partial(run_finetune_case, path.relative_to(root)), id=f"upgrade/{path.stem}")
        for path in sorted(root.glob("upgrade/finetune*.npz"))
    ]
    return [*texts, *weights, *finetuned]


def reject_cases(root: Path) -> list[object]:
    table = root / "rejects" / "messages.tsv"
    lines = table.read_text().splitlines() if table.exists() else []
    rows = [line.split("\t") for line in lines if line]
    return [
        pytest.param(
            partial(run_reject_case, Path("rejects") / name, message.strip()),
            id=f"rejects/{name.removesuffix('.prototxt')}",
        )
        for name, message, *_ in rows
    ]
