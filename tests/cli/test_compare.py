from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from netdef.loading import load
from netdef.weights.file import save_weights

Run = Any
NET = """
name: "n"
layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 2 dim: 7 dim: 6 } } }
layer { name: "in/c" type: "Convolution" bottom: "x" top: "in/c"
  convolution_param { num_output: 3 kernel_size: 3 weight_filler { type: "xavier" } } }
layer { name: "relu" type: "ReLU" bottom: "in/c" top: "in/c" }
layer { name: "p" type: "Pooling" bottom: "in/c" top: "p" pooling_param { kernel_size: 2 stride: 2 } }
layer { name: "d" type: "Convolution" bottom: "p" top: "d"
  convolution_param { num_output: 4 kernel_size: 1 weight_filler { type: "xavier" } } }
"""
LOSS = """
layer { name: "loss" type: "Reduction" bottom: "d" top: "loss" loss_weight: 1 include { phase: TRAIN } }
"""


@pytest.fixture
def a(tmp_path: Path) -> Path:
    return written(tmp_path / "a.prototxt", NET)


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def changed(folder: Path, old: str, new: str) -> Path:
    assert old in NET
    return written(folder / "b.prototxt", NET.replace(old, new))


def with_a_changed_weight(model: Path, layer: str) -> Path:
    """Weights of the net's first values, but one."""
    net = load(model, device="cpu")
    net.blobs_of(layer)[0].data[1, 0, 0, 0] += 1
    path = model.with_name("w.safetensors")
    save_weights(net, path)
    return path


def rows(out: str) -> list[str]:
    return out.split("\n\n")[1].splitlines()[1:]


def test_a_net_agrees_with_itself(run: Run, a: Path) -> None:
    done = run("compare", a, a)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("inputs: x (random, seed 0)\n\n")
    assert [row.split()[0] for row in rows(done.out)] == ["x", "in/c", "p", "d"]
    assert all(row.split()[-2:] == ["0", "0"] for row in rows(done.out))
    assert done.out.endswith("\nblobs compared: 4, all agree to 0.0001 of the largest magnitude\n")


def test_a_changed_weight_is_found_at_its_layer(run: Run, a: Path) -> None:
    weights = with_a_changed_weight(a, "d")
    done = run("compare", a, f"{a}:{weights}")
    assert done.code == 1
    assert [row[0] for row in rows(done.out)] == [" ", " ", " ", "▶"]
    end = done.out.split('the first blob that differs is "d":\n')[1].splitlines()
    assert end[0].startswith('  A: layer { name: "d" type: "Convolution"')
    assert end[1].startswith('  B: layer { name: "d" type: "Convolution"')
    assert end[2].startswith("     blob 0, 4×3×1×1: up to 1 apart (")
    assert len(end) == 3


def test_a_changed_weight_below_a_layer_in_place_is_found_all_the_same(run: Run, a: Path) -> None:
    done = run("compare", f"{a}:{with_a_changed_weight(a, 'in/c')}", a)
    assert done.code == 1
    assert [row[0] for row in rows(done.out)] == [" ", "▶", "!", "!"]
    assert rows(done.out)[1].split()[1:4] == ["in/c", "in/c,", "relu"]
    assert "blob 0, 3×2×3×3: up to 1 apart" in done.out
    assert done.out.endswith("     options and parameters are the same\n")


def test_another_rounding_explains_another_shape(run: Run, a: Path, tmp_path: Path) -> None:
    b = changed(tmp_path, "stride: 2", "stride: 2 round_mode: FLOOR")
    done = run("compare", a, b)
    assert done.code == 1
    assert rows(done.out)[2].split() == [
        "▶",
        "p",
        "p",
        "2×3×3×2",
        "|",
        "2×3×2×2",
        rows(done.out)[2].split()[-3],
        "-",
        "-",
    ]
    assert "\n     pooling_param.round_mode added: FLOOR\n" in done.out


def test_blobs_without_a_counterpart_are_listed(run: Run, a: Path, tmp_path: Path) -> None:
    b = written(
        tmp_path / "b.prototxt",
        NET.split('layer { name: "d"')[0] + 'layer { name: "e" type: "AbsVal" bottom: "p" top: "e" }',
    )
    done = run("compare", a, b)
    assert done.code == 0
    assert "\nnot in B: d\nnot in A: e\n" in done.out


def test_renamed_blobs_are_compared_with_map(run: Run, a: Path, tmp_path: Path) -> None:
    b = written(tmp_path / "b.prototxt", NET.replace('"x"', '"data"').replace('"p"', '"pool"'))
    assert run("compare", a, b, "--map", "p=pool").code == 1
    done = run("compare", a, b, "--map", "p=pool", "--map", "x=data")
    assert done.code == 0
    assert [row.split()[:3] for row in rows(done.out)][::2] == [["x", "=", "data"], ["p", "=", "pool"]]


def test_an_input_of_another_name_is_refused_with_the_flag_that_helps(run: Run, a: Path, tmp_path: Path) -> None:
    done = run("compare", a, changed(tmp_path, '"x"', '"data"'))
    assert done.code == 1
    assert 'B has an input "data", A has x\n' in done.err
    assert "--map x=data" in done.err


@pytest.mark.parametrize(
    ("pair", "said"), [("q=p", 'A has no blob or layer "q"'), ("p=pp", 'B has no blob or layer "pp"')]
)
def test_unknown_names_are_refused(run: Run, a: Path, pair: str, said: str) -> None:
    done = run("compare", a, a, "--map", pair)
    assert done.code == 1
    assert said in done.err


@pytest.mark.parametrize("pair", ["p", "p=", "=p"])
def test_a_map_that_is_none_is_refused(run: Run, a: Path, pair: str) -> None:
    assert "must be X=Y" in run("compare", a, a, "--map", pair).err


def test_a_recording_agrees_with_its_net_on_the_inputs_that_it_holds(run: Run, a: Path, tmp_path: Path) -> None:
    assert run("compare", a, "--seed", 3, "--record", tmp_path / "r.npz") == (0, "", "")
    done = run("compare", a, tmp_path / "r.npz", "--seed", 3)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"inputs: x ({tmp_path / 'r.npz'})\n")
    with np.load(tmp_path / "r.npz") as arrays:
        assert set(arrays) == {"x", "in/c", "p", "d"}
        np.testing.assert_array_equal(arrays["x"], np.random.RandomState(3).rand(2, 2, 7, 6).astype(np.float32))


def test_a_recording_without_inputs_is_of_random_ones(run: Run, a: Path, tmp_path: Path) -> None:
    run("compare", a, "--record", tmp_path / "r.npz")
    with np.load(tmp_path / "r.npz") as arrays:
        others = {f"out/{name.replace('/', '|')}": arrays[name] for name in ("in/c", "d")}
    np.savez(tmp_path / "s.npz", **others)
    done = run("compare", a, tmp_path / "s.npz")
    assert done.code == 0
    assert [row.split()[0] for row in rows(done.out)] == ["in/c", "d"]
    np.savez(tmp_path / "s.npz", **{"out/d": others["out/d"] + 1})
    done = run("compare", a, tmp_path / "s.npz")
    assert done.code == 1
    assert done.out.splitlines()[-1].startswith('  A: layer { name: "d"')


def test_recordings_may_be_hdf5(run: Run, a: Path, tmp_path: Path) -> None:
    run("compare", a, "--record", tmp_path / "r.npz")
    with np.load(tmp_path / "r.npz") as arrays, h5py.File(tmp_path / "r.h5", "w") as file:
        for name in arrays:
            file[name] = arrays[name]
    done = run("compare", a, tmp_path / "r.h5")
    assert (done.code, len(rows(done.out))) == (0, 4)


def test_another_batch_is_told_with_the_flag_that_helps(run: Run, a: Path, tmp_path: Path) -> None:
    run("compare", a, "--batch", 5, "--record", tmp_path / "r.npz")
    with np.load(tmp_path / "r.npz") as arrays:
        np.savez(tmp_path / "s.npz", d=arrays["d"])
    done = run("compare", a, tmp_path / "s.npz")
    assert done.code == 1
    assert "--batch 5 runs A on as many" in done.out
    assert run("compare", a, tmp_path / "s.npz", "--batch", 5).code == 0


def test_a_broken_recording_is_refused(run: Run, a: Path, tmp_path: Path) -> None:
    (tmp_path / "r.npz").write_bytes(b"PK\x03\x04 and nothing more")
    done = run("compare", a, tmp_path / "r.npz")
    assert (done.code, done.out) == (1, "")
    assert "r.npz cannot be read" in done.err


def test_inputs_of_a_file_go_into_both_nets(run: Run, a: Path, tmp_path: Path) -> None:
    b = changed(tmp_path, "kernel_size: 1", "kernel_size: 1 bias_term: false")
    np.savez(tmp_path / "in.npz", x=np.full((3, 2, 7, 6), -1, np.float32))
    done = run("compare", a, b, "--input", tmp_path / "in.npz", "--record", tmp_path / "r.npz")
    assert (done.code, done.out.splitlines()[0]) == (0, f"inputs: x ({tmp_path / 'in.npz'})")
    with np.load(tmp_path / "r.npz") as arrays:
        assert arrays["d"].shape[0] == 3
        assert (arrays["x"] == -1).all()


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"y": np.zeros(2)}, "none of the net's inputs (x); it has: y"),
        ({"x": np.zeros((2, 2, 7, 5))}, '"x" is 2×2×7×5, but the net'),
    ],
)
def test_inputs_that_do_not_fit_are_refused(
    run: Run, a: Path, tmp_path: Path, arrays: dict[str, Any], said: str
) -> None:
    np.savez(tmp_path / "in.npz", **arrays)
    done = run("compare", a, a, "--input", tmp_path / "in.npz")
    assert done.code == 1
    assert said in done.err


def test_gradients_are_compared_from_the_loss_down(run: Run, tmp_path: Path) -> None:
    a = written(tmp_path / "a.prototxt", NET + LOSS)
    b = written(tmp_path / "b.prototxt", (NET + LOSS).replace("loss_weight: 1", "loss_weight: 2"))
    assert run("compare", a, a, "--backward", "--phase", "train").code == 0
    assert run("compare", a, b, "--phase", "train").code == 0
    done = run("compare", a, b, "--backward", "--phase", "train")
    assert done.code == 1
    assert 'the first gradient that differs is "d/1":\n  A: layer { name: "d"' in done.out
    run("compare", a, "--backward", "--phase", "train", "--record", tmp_path / "r.npz")
    assert run("compare", a, tmp_path / "r.npz", "--backward", "--phase", "train").code == 0
    assert (
        "gradients compared: 4, 4 differ" in run("compare", b, tmp_path / "r.npz", "--backward", "--phase", "train").out
    )


def test_gradients_need_a_loss(run: Run, a: Path) -> None:
    assert 'net "n" has no loss in this phase' in run("compare", a, a, "--backward").err


def test_the_tolerance_decides(run: Run, a: Path) -> None:
    weights = with_a_changed_weight(a, "d")
    assert run("compare", f"{a}:{weights}", a, "--tolerance", 10).code == 0
    assert run("compare", f"{a}:{weights}", a, "--tolerance", 0.01).code == 1


def test_weights_may_be_given_for_each_or_for_both(run: Run, a: Path) -> None:
    weights = with_a_changed_weight(a, "d")
    assert run("compare", a, a, "--weights", weights).code == 0
    assert run("compare", a, a, "--weights-a", weights, "--weights-b", weights).code == 0
    assert run("compare", a, a, "--weights-a", weights).code == 1
    assert run("compare", a, a, "--weights-b", weights).code == 1


def test_layers_without_weights_are_named(run: Run, a: Path, tmp_path: Path) -> None:
    weights = with_a_changed_weight(a, "d")
    b = changed(tmp_path, 'name: "d"', 'name: "e"')
    done = run("compare", a, b, "--weights", weights)
    assert done.code == 1
    assert done.err == f'{b}: {weights} has no weights for "e": first values are kept\n'


def test_json_holds_the_same(run: Run, a: Path) -> None:
    weights = with_a_changed_weight(a, "d")
    done = run("compare", a, f"{a}:{weights}", "--json")
    found = json.loads(done.out)
    assert (done.code, found["first_blob"], len(found["blobs"])) == (1, "d", 4)
    assert found["causes"][0]["differs"][0].startswith("blob 0, 4×3×1×1: up to 1 apart")
    assert json.loads(run("compare", a, a, "--json").out)["causes"] == []


def test_nothing_to_compare_is_refused(run: Run, a: Path, tmp_path: Path) -> None:
    done = run("compare", a)
    assert done.code == 1
    assert "a second net" in done.err
    np.savez(tmp_path / "r.npz", other=np.zeros(3))
    done = run("compare", a, tmp_path / "r.npz")
    assert done.code == 1
    assert "nothing can be compared but inputs: A has x, in/c, p, d; B has other\n" in done.err
