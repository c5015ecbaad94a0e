"""Everything that Caffe computed with nets and single layers, by the executor that keeps the blobs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.layers.python import python_layers
from netdef.pycaffe.buffered_net import BufferedNet
from netdef.pycaffe.run import Run
from tests.goldens.big import BACKWARD_EARLY, FORWARD, compare_samples, fill
from tests.goldens.big import make_net as make_big_net
from tests.goldens.compare import NETS, Tolerance, check, family
from tests.goldens.nets import Arrays, load_graph, set_parameters, spoilt

ROOT = Path(os.environ.get("NETDEF_GOLDEN", Path(__file__).parents[1] / "golden")).resolve()
NET_CASES = [
    (path, npz, NETS)
    for path in sorted(ROOT.glob("nets/*.prototxt"))
    for npz in sorted([*path.parent.glob(f"{path.stem}.npz"), *path.parent.glob(f"{path.stem}.*.npz")])
]
LAYER_CASES = [
    (path, path.with_suffix(".npz"), family(path.parent.name)) for path in sorted(ROOT.glob("layers/*/*.prototxt"))
]

DESCRIBED = [case[:2] for case in NET_CASES if "carry" not in case[1].stem]


def name_of(value: object) -> str:
    return value.stem if isinstance(value, Path) else ""


@pytest.fixture
def golden_classes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    import netdef.pycaffe

    monkeypatch.setitem(sys.modules, "caffe", netdef.pycaffe)
    monkeypatch.syspath_prepend(str(ROOT / "nets"))
    monkeypatch.chdir(ROOT)
    yield
    sys.modules.pop("golden_pylayers", None)


def make_net(path: Path, arrays: Arrays) -> BufferedNet:
    with python_layers():
        net = BufferedNet(load_graph(path, arrays))
    set_parameters(net, arrays)
    return net


def run(net: BufferedNet, arrays: Arrays, device: str) -> float:
    """Forward and backward, as the golden cases were made."""
    blobs = dict(net.executor.blobs)
    inputs = {key.removeprefix("in/"): torch.from_numpy(arrays[key]) for key in arrays if key.startswith("in/")}
    loss = net.executor.forward(Run(device=torch.device(device), inputs=inputs))
    for key, diff in arrays.items():
        if key.startswith("out_diff/"):
            blobs[key.removeprefix("out_diff/")].diff[...] = diff
    net.zero_grad()
    net.executor.backward()
    return loss


def compare(net: BufferedNet, loss: float, arrays: Arrays, tolerance: Tolerance) -> None:
    wrong = spoilt(net.graph)
    blobs = dict(net.executor.blobs)
    held = {step.name: step.blobs for step in net.executor.steps if step.blobs}
    for key, wanted in arrays.items():
        kind, _, name = key.partition("/")
        if kind.endswith("_diff") and (f"blob {name}" in wrong or f"layer {name.rsplit('/', 1)[0]}" in wrong):
            continue
        match kind:
            case "loss":
                check(key, loss, np.float64(wanted).reshape(()), NETS)
            case "out":
                check(key, blobs[name].data, wanted, tolerance)
            case "in_diff" | "mid_diff" | "blob_diff":
                check(key, blobs[name].diff, wanted, tolerance)
            case "param_after" | "param_diff":
                layer, index = name.rsplit("/", 1)
                blob = held[layer][int(index)]
                check(key, blob.data if kind == "param_after" else blob.diff, wanted, tolerance)


def run_case(path: Path, npz: Path, tolerance: Tolerance, device: str) -> None:
    arrays = dict(np.load(npz))
    net = make_net(path, arrays)
    steps = sorted({key.split("/")[0] for key in arrays if key.startswith("step")})
    for step in steps or [""]:
        mine = {key.removeprefix(step + "/"): array for key, array in arrays.items() if key.startswith(step)}
        compare(net, run(net, mine, device), mine, tolerance)


@pytest.mark.usefixtures("golden_classes")
@pytest.mark.parametrize(("path", "npz", "tolerance"), NET_CASES + LAYER_CASES, ids=name_of)
def test_every_case_gives_the_numbers_of_caffe(path: Path, npz: Path, tolerance: Tolerance, device: str) -> None:
    run_case(path, npz, tolerance, device)


@pytest.mark.usefixtures("golden_classes")
@pytest.mark.parametrize(("path", "npz", "tolerance"), NET_CASES, ids=name_of)
def test_numbers_follow_from_device_to_device(path: Path, npz: Path, tolerance: Tolerance) -> None:
    """To a blob's memory cpu:0 is another device than cpu, so every number goes there and back."""
    run_case(path, npz, tolerance, "cpu:0")


def test_a_large_net_gives_the_numbers_of_caffe() -> None:
    """GoogLeNet, which has a Split behind every block."""
    arrays = dict(np.load(ROOT / "nets" / "big_bvlc_googlenet.npz"))
    net, random = (
        BufferedNet(make_big_net("bvlc_googlenet", "cpu").graph),
        np.random.RandomState(int(arrays.get("meta/seed", 11))),
    )
    executor, blobs = net.executor, dict(net.executor.blobs)
    fill(net, arrays["meta/param_layers"].tolist(), random)
    image = executor.steps[0].tops[0]
    image.reshape(1, *image.shape[1:])
    image.data[...] = random.uniform(-120, 120, image.shape)
    executor.forward(Run())
    ((name, diff),) = [(key.removeprefix("out_diff/"), arrays[key]) for key in arrays if key.startswith("out_diff/")]
    blobs[name].diff[...] = diff
    executor.backward(max(number for number, step in enumerate(executor.steps) if blobs[name] in step.tops))
    for key, wanted in arrays.items():
        kind, _, name = key.partition("/")
        if kind in ("sample64", "stats"):
            compare_samples(key, blobs[name].data, wanted, FORWARD)
        elif kind in ("sample64_diff", "stats_diff"):
            compare_samples(key, blobs[name].diff, wanted, BACKWARD_EARLY)


@pytest.mark.usefixtures("golden_classes")
@pytest.mark.parametrize(("path", "npz"), DESCRIBED, ids=name_of)
def test_blobs_and_loss_weights_are_those_of_caffe(path: Path, npz: Path) -> None:
    arrays = dict(np.load(npz))
    executor = make_net(path, arrays).executor
    assert [name for name, _ in executor.blobs] == arrays["meta/blob_names"].tolist()
    weights = {id(top): weight for step in executor.steps for top, weight in zip(step.tops, step.weights, strict=True)}
    found = [weights[id(blob)] for _, blob in executor.blobs]
    assert found == pytest.approx(arrays["meta/blob_loss_weights"].tolist())
