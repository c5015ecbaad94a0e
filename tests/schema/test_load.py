from __future__ import annotations

from pathlib import Path

import pytest

from netdef.errors import DefinitionError
from netdef.prototxt.edit import assign
from netdef.schema.load import examine_net, load_net, load_solver

OLD = """\
name: "old"
layers {
  name: "conv"
  type: CONVOLUTION
  bottom: "data"
  top: "conv"
  convolution_param { num_output: 3 kernel_size: 5 }
}
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.prototxt"
    path.write_text(OLD)
    return path


def test_a_field_of_an_upgraded_net_is_found_where_it_was_written(old: Path) -> None:
    net = load_net(old)
    assert net.message.layer[0].type == "Convolution"
    place = net.locate(("layer", 0, "convolution_param", "kernel_size", 0))
    assert (place.file, place.line, place.column) == (str(old), 7, 37)
    assert "`layers`" in net.notices[0]


def test_an_edit_comes_before_the_meaning(old: Path) -> None:
    net = load_net(old, lambda tree: assign(tree, "layers[conv].convolution_param.num_output", "7"))
    assert net.message.layer[0].convolution_param.num_output == 7


def test_all_errors_come_at_once_and_what_can_be_read_is_there(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('layer { name: "a" typ: "ReLU" }\nlayer { name: "b" type: 7 }\nnam: "x"\n')
    with pytest.raises(DefinitionError) as caught:
        load_net(path)
    assert [problem.place.line for problem in caught.value.problems if problem.place] == [1, 2, 3]
    assert [layer.name for layer in examine_net(path).message.layer] == ["a", "b"]


def test_a_solver_whose_include_is_missing_is_told_so_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "solver.prototxt"
    path.write_text('include: "common.prototxt"\n')
    with pytest.raises(DefinitionError) as caught:
        load_solver(path)
    assert [problem.message for problem in caught.value.problems] == [f"{tmp_path}/common.prototxt: no such file"]


def test_a_net_where_a_solver_is_wanted_is_one_error(old: Path, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="is a net file, where a solver file is wanted") as caught:
        load_solver(old)
    assert len(caught.value.problems) == 1
    solver = tmp_path / "solver.prototxt"
    solver.write_text('net: "old.prototxt"\nbase_lr: 0.1\n')
    with pytest.raises(DefinitionError, match="is a solver file, where a net file is wanted"):
        load_net(solver)
