from __future__ import annotations

import json
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from netdef.cli.random_inputs import random_inputs
from netdef.cli.trace import trace
from netdef.loading import load

NET = r"""
layer { name: "x" type: "Input" top: "x" top: "y" input_param { shape { dim: 3 dim: 5 } shape { dim: 3 } } }
layer { name: "say \"a\\b\" – é" type: "InnerProduct" bottom: "x" top: "a"
  inner_product_param { num_output: 4 weight_filler { type: "xavier" } } }
layer { name: "r" type: "ReLU" bottom: "a" top: "a" }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "a" bottom: "y" top: "loss" }
"""

Event = dict[str, Any]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[Event]:
    path = tmp_path_factory.mktemp("net") / "net.prototxt"
    path.write_text(NET)
    net = load(path, phase="TRAIN", device="cpu")
    found: list[Event] = json.loads(trace(net, random_inputs(net.graph, None, net.device), nullcontext))["traceEvents"]
    return found


def spans(events: list[Event]) -> list[Event]:
    return sorted((event for event in events if event.get("cat") == "user_annotation"), key=lambda event: event["ts"])


def test_a_span_for_each_layer_and_way(events: list[Event]) -> None:
    names = ["x", 'say "a\\b" – é', "r", "loss"]
    assert [span["name"] for span in spans(events)] == [
        *(f"{name} forward" for name in names),
        *(f"{name} backward" for name in names[:0:-1]),
    ]


def test_spans_follow_each_other(events: list[Event]) -> None:
    found = spans(events)
    assert all(span["ph"] == "X" and span["dur"] > 0 for span in found)
    assert all(before["ts"] + before["dur"] <= after["ts"] for before, after in pairwise(found))


def test_what_torch_runs_lies_below_its_layer(events: list[Event]) -> None:
    (layer,) = (span for span in spans(events) if span["name"] == "r forward")
    start, end = layer["ts"], layer["ts"] + layer["dur"]
    below = {event["name"] for event in events if event.get("cat") == "cpu_op" and start <= event["ts"] <= end}
    assert any("relu" in name or "leaky" in name or "clamp" in name for name in below), below


def test_nothing_is_said_on_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.prototxt").write_text(NET)
    net = load(tmp_path / "net.prototxt", phase="TEST", device="cpu")
    trace(net, {"x": torch.zeros(3, 5), "y": torch.zeros(3)}, nullcontext)
    assert capfd.readouterr() == ("", "")
