import json
from pathlib import Path
from typing import Any

import pytest

Run = Any
NET = """
layer {
  name: "d" type: "Data" top: "x" top: "label"
  data_param { source: "none_lmdb" backend: LMDB batch_size: 3 record_shape { dim: 2 dim: 7 dim: 5 } }
}
layer {
  name: "c" type: "Convolution" bottom: "x" top: "c"
  convolution_param { num_output: 4 kernel_size: 3 weight_filler { type: "xavier" } }
}
layer { name: "r" type: "ReLU" bottom: "c" top: "c" }
layer {
  name: "i" type: "InnerProduct" bottom: "c" top: "i"
  inner_product_param { num_output: 6 weight_filler { type: "xavier" } }
}
layer { name: "prob" type: "Softmax" bottom: "i" top: "prob" include { stage: "deploy" } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "i" bottom: "label" top: "loss" exclude { stage: "deploy" } }
"""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.prototxt"
    path.write_text(NET)
    return path


def timed(run: Run, *words: object) -> dict[str, Any]:
    done = run("time", "--json", "--iterations", "3", *words)
    assert (done.code, done.err) == (0, "")
    found: dict[str, Any] = json.loads(done.out)
    return found


def test_training_takes_time_in_all_parts_and_no_database(run: Run, net: Path) -> None:
    found = timed(run, "--model", net)
    assert set(found) == {"forward_ms", "backward_ms", "update_ms", "total_ms", "layers"}
    assert min(found[part] for part in ("forward_ms", "backward_ms", "update_ms")) > 0
    assert found["total_ms"] >= max(found["forward_ms"], found["backward_ms"], found["update_ms"])


def test_each_layer_is_timed_by_itself(run: Run, net: Path) -> None:
    layers = timed(run, "--model", net)["layers"]
    assert [layer["name"] for layer in layers] == ["d", "c", "r", "i", "loss"]
    assert all(set(layer) == {"name", "forward_ms", "backward_ms"} for layer in layers)
    assert all(layer["forward_ms"] > 0 for layer in layers)
    assert [layer["backward_ms"] > 0 for layer in layers] == [False, True, True, True, True]


def test_a_test_net_is_not_updated(run: Run, net: Path) -> None:
    found = timed(run, "-model", net, "-phase=TEST")
    assert found["backward_ms"] > 0
    assert found["update_ms"] == 0


def test_a_net_without_a_loss_runs_forward_only(run: Run, net: Path) -> None:
    found = timed(run, "--model", net, "--phase", "test", "--stage", "deploy")
    assert (found["backward_ms"], found["update_ms"]) == (0, 0)
    assert found["total_ms"] == found["forward_ms"] > 0
    assert all(layer["backward_ms"] == 0 for layer in found["layers"])


def test_lines_have_caffes_form(run: Run, net: Path) -> None:
    done = run("time", "-model", net, "-iterations=2", "-precision", "bf16")
    lines = done.out.splitlines()
    assert lines[0].startswith("Use ")
    assert lines[1] == "Precision: BF16 by autocast; parameters, gradients and updates are float32."
    assert lines[2:4] == ["*** Benchmark begins ***", "Testing for 2 iterations."]
    assert lines[5].startswith("Iteration: 2 forward-backward time: ")
    assert lines[-1] == "*** Benchmark ends ***"
    assert [line.split(":")[0] for line in lines if line.startswith("      loss\t")] == [
        "      loss\tforward",
        "      loss\tbackward",
    ]
    averages = [line.split(":")[0] for line in lines if line.startswith("Average ")]
    assert averages[:3] == ["Average Forward pass", "Average Backward pass", "Average Forward-Backward"]


@pytest.mark.parametrize("value", ["0", "-1", "x"])
@pytest.mark.parametrize("flag", ["--iterations", "--batch"])
def test_counts_below_one_are_refused(
    run: Run, net: Path, flag: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run("time", "--model", net, f"{flag}={value}")
    assert f"'{value}' must be a whole number, at least 1" in capsys.readouterr().err


def test_a_gpu_that_is_not_there(run: Run, net: Path) -> None:
    done = run("time", "--model", net, "--gpu", "99")
    assert done.code == 1
    assert "GPU 99 is not there" in done.err


def test_a_trace_beside_the_times(run: Run, net: Path, tmp_path: Path) -> None:
    found = timed(run, "--model", net, "--trace", tmp_path / "trace.json")
    assert len(found["layers"]) == 5
    names = [event["name"] for event in json.loads((tmp_path / "trace.json").read_text())["traceEvents"]]
    assert {f"{name} forward" for name in ("d", "c", "r", "i", "loss")} <= set(names)
    assert {f"{name} backward" for name in ("c", "r", "i", "loss")} <= set(names)


def test_a_trace_that_cannot_be_written(run: Run, net: Path, tmp_path: Path) -> None:
    done = run("time", "--model", net, "--iterations", "1", "--trace", tmp_path / "nowhere" / "trace.json")
    assert done.code == 1
    assert done.err == f"{tmp_path / 'nowhere/trace.json'} cannot be written: No such file or directory\n"
