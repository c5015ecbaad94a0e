from pathlib import Path
from typing import Any

import pytest

Run = Any
GOLDEN = Path(__file__).parents[1] / "golden" / "upgrade"
NET = 'name: "n"\nlayer { name: "c" type: "Convolution" bottom: "x" top: "c" convolution_param { num_output: 4 } }\n'


@pytest.fixture
def before(tmp_path: Path) -> Path:
    path = tmp_path / "before.prototxt"
    path.write_text(NET)
    return path


@pytest.fixture
def after(tmp_path: Path) -> Path:
    return tmp_path / "after.prototxt"


def test_differences_are_named_by_layer_and_field(run: Run, before: Path, after: Path) -> None:
    added = 'layer { name: "r" type: "ReLU" bottom: "c" top: "c" }\n'
    after.write_text(NET.replace("num_output: 4", "num_output: 6 stride: 2") + added)
    done = run("diff", before, after)
    assert (done.code, done.err) == (1, "")
    assert done.out.splitlines() == [
        'layer "c" convolution_param.num_output: 4 -> 6',
        'layer "c" convolution_param.stride added: 2',
        'layer "r" (ReLU) added',
    ]


def test_comments_order_and_spelling_do_not_count(run: Run, before: Path, after: Path) -> None:
    after.write_text("# new\n" + NET.replace('name: "c" type: "Convolution"', "type: 'Convolution' name: 'c'"))
    assert run("diff", before, after) == (0, "", f"{before} and {after} mean the same\n")


@pytest.mark.parametrize("name", ["v0", "v1", "v1_data", "bn_old", "solver_old"])
def test_old_forms_are_equal_to_what_caffe_makes_of_them(run: Run, name: str) -> None:
    old, new = GOLDEN / f"{name}.prototxt", GOLDEN / f"{name}.upgraded.prototxt"
    assert run("diff", old, new) == (0, "", f"{old} and {new} mean the same\n")


def test_solvers_are_compared_field_by_field(run: Run, before: Path, after: Path) -> None:
    before.write_text('net: "n"\nbase_lr: 1e-2\nsolver_type: ADAM\n')
    after.write_text('base_lr: 0.02\nnet: "n"\ntype: "Adam"\n')
    assert run("diff", before, after) == (1, "base_lr: 0.01 -> 0.02\n", "")


def test_a_net_and_a_solver_cannot_be_compared(run: Run, before: Path, after: Path) -> None:
    after.write_text('net: "n"\nbase_lr: 0.02\n')
    message = f"{before} is a net, {after} a solver: only two of a kind can be compared\n"
    assert run("diff", before, after) == (1, "", message)


def test_abbreviated_nets_are_compared_by_what_they_mean(run: Run, before: Path, after: Path) -> None:
    layer = NET.splitlines()[1].replace('"c"', '"${n}"').replace("4", "${4 * w}")
    block = f'block {{ name: "b" argument: ["n", "w"] {layer} }}\nname: "n"\n'
    after.write_text(block + 'use { block: "b" n: "c" w: 1 }')
    assert run("diff", before, after) == (0, "", f"{before} and {after} mean the same\n")
    after.write_text(block + 'use { block: "b" n: "c" w: 2 }')
    assert run("diff", before, after).out == 'layer "c" convolution_param.num_output: 4 -> 8\n'


def test_files_of_blocks_are_compared_as_they_are_written(run: Run, before: Path, after: Path) -> None:
    before.write_text('block { name: "b" x: 1 }')
    after.write_text('block { name: "b" x: ${2} }')
    assert run("diff", before, after) == (1, "block.x: 1 -> ${2}\n", "")
    after.write_text(NET)
    assert run("diff", before, after).err == (
        f"{before} is a file of blocks, {after} a net: only two of a kind can be compared\n"
    )


def test_what_cannot_be_read_is_told_on_standard_error_alone(run: Run, before: Path, after: Path) -> None:
    after.write_text(NET.replace("num_output", "num_outptu"))
    done = run("diff", before, after)
    assert (done.code, done.out) == (1, "")
    assert 'unknown field "num_outptu" in convolution_param' in done.err
    assert "no such file" in run("diff", before, "nowhere.prototxt").err
