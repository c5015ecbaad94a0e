from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from netdef.cli.compare_report import as_json, as_text
from netdef.inspect.comparison import Comparison, compare
from netdef.inspect.recording import Recording, record
from netdef.loading import load
from netdef.net import Net

NET = """
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
layer { name: "a" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 4 } }
layer { name: "sum" type: "Reduction" bottom: "y" top: "sum" loss_weight: 1 }
"""
INPUTS = {"x": np.ones((2, 3), np.float32)}


def net(folder: Path, text: str = NET) -> Net:
    path = folder / "net.prototxt"
    path.write_text(text)
    return load(path, device="cpu")


def compared(a: Net, b: Recording) -> Comparison:
    return compare(record(a, INPUTS, backward=True), b, {}, 1e-4)


def test_where_all_agrees_no_layer_is_shown(tmp_path: Path) -> None:
    a = net(tmp_path)
    same = compared(a, record(net(tmp_path), INPUTS, backward=True))
    assert as_text(same, a, a).endswith("gradients compared: 2, all agree to 0.0001 of the largest magnitude")
    assert json.loads(as_json(same, a, a))["causes"] == []


def test_the_layers_of_both_nets_stand_below_each_other(tmp_path: Path) -> None:
    a, b = net(tmp_path), net(tmp_path, NET.replace('bottom: "y"', 'bottom: "y" reduction_param { coeff: 2 }'))
    b.blobs_of("a")[1].data.fill_(1)
    lines = as_text(compared(a, record(b, INPUTS, backward=True)), a, b).splitlines()
    shown = 'layer { name: "a" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 4 } }'
    start = lines.index('the first blob that differs is "y":')
    assert lines[start + 1 :] == [f"  A: {shown}", f"  B: {shown}", "     blob 1, 4: up to 1 apart (1)"]


@pytest.mark.parametrize("recorded", [False, True])
def test_gradients_alone_lead_to_their_layer(tmp_path: Path, recorded: bool) -> None:
    a = net(tmp_path)
    one = record(a, INPUTS, backward=True)
    found = compared(a, Recording(one.blobs, {**one.gradients, "a/1": one.gradients["a/1"] + 1}))
    text = as_text(found, a, None if recorded else a)
    assert '\nthe first gradient that differs is "a/1":\n  A: layer { name: "a"' in text
    assert ("  B: layer" in text, "parameters are the same" in text) == (not recorded, not recorded)


def test_of_a_recording_one_layer_is_known(tmp_path: Path) -> None:
    a = net(tmp_path)
    found = compared(a, Recording({"y": np.ones((2, 4))}))
    assert as_text(found, a, None).splitlines()[-1].startswith('  A: layer { name: "a"')
    (cause,) = json.loads(as_json(found, a, None))["causes"]
    assert (cause["b"], cause["differs"]) == ("", [])
