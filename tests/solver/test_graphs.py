from __future__ import annotations

from pathlib import Path

import pytest

from netdef.errors import DefinitionError
from netdef.prototxt.edit import assign
from netdef.prototxt.tree import Message
from netdef.schema.load import load_solver, unchanged
from netdef.solver.graphs import SolverGraph, SolverGraphs, build_graphs

NET = """
name: "tiny"
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } include { phase: TRAIN } }
layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 5 dim: 3 } } include { phase: TEST } }
layer { name: "r" type: "ReLU" bottom: "x" top: "y" }
layer { name: "extra" type: "ReLU" bottom: "y" top: "z" include { stage: "extra" } }
"""
SOLVER = 'base_lr: 1 lr_policy: "fixed"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a net in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.prototxt").write_text(NET)
    return tmp_path


def graphs(folder: Path, text: str, edit_net: object = unchanged) -> SolverGraphs:
    (folder / "solver.prototxt").write_text(SOLVER + text)
    return build_graphs(load_solver("solver.prototxt"), edit_net)  # type: ignore[arg-type]


def refused(folder: Path, text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        graphs(folder, text)
    return [str(problem) for problem in caught.value.problems]


def layers(of: SolverGraph) -> list[str]:
    return [node.name for node in of.graph.nodes]


def test_every_net_has_a_name_and_a_state_of_its_own(folder: Path) -> None:
    found = graphs(
        folder, 'net: "net.prototxt" test_interval: 9 test_iter: [3, 4] test_state {} test_state { stage: "extra" }'
    )
    assert (found.train.name, found.train.iterations, found.train.graph.train) == ("train", 0, True)
    assert [(test.name, test.iterations, test.graph.train) for test in found.tests] == [
        ("test0", 3, False),
        ("test1", 4, False),
    ]
    assert [layers(each) for each in (found.train, *found.tests)] == [["in", "r"], ["in", "r"], ["in", "r", "extra"]]
    assert found.train.graph.nodes[0].tops[0].shape == (2, 3)
    assert found.tests[0].graph.nodes[0].tops[0].shape == (5, 3)


def test_a_net_stands_in_the_working_folder_or_beside_the_solver(folder: Path) -> None:
    (folder / "inner").mkdir()
    (folder / "net.prototxt").rename(folder / "inner" / "net.prototxt")
    (folder / "inner" / "solver.prototxt").write_text(f'{SOLVER} net: "net.prototxt"')
    found = build_graphs(load_solver("inner/solver.prototxt"), unchanged)
    assert found.train.folder == Path("inner")


def test_a_net_may_stand_inside_the_solver(folder: Path) -> None:
    found = graphs(folder, f"net_param {{ {NET} }}")
    assert (found.train.graph.name, found.train.folder) == ("tiny", Path("."))


def test_problems_of_a_net_inside_the_solver_are_told_there(folder: Path) -> None:
    text = 'net_param {\n layer { name: "r" type: "ReLU"\n bottom: "x" top: "y" } }'
    assert refused(folder, text) == [
        'solver.prototxt:4:2: layer "r" (ReLU): bottom "x" is made by no layer before it\n    no blob is made before it'
    ]


def test_everything_that_is_wrong_with_solver_and_nets_is_told_at_once(folder: Path) -> None:
    (folder / "net.prototxt").write_text(NET.replace('bottom: "x"', 'bottom: "xx"'))
    found = refused(folder, 'net: "net.prototxt"\ntype: "SDG"\ntest_net: "tst.prototxt"\ntest_iter: -1')
    assert [line.splitlines()[0] for line in found] == [
        'solver.prototxt:3:1: type is "SDG", which is unknown',
        "solver.prototxt:5:1: test_iter is -1, must not be negative",
        'net.prototxt:5:32: layer "r" (ReLU): bottom "xx" is made by no layer before it',
        "solver.prototxt:4:1: tst.prototxt: no such file",
    ]


def test_a_problem_that_both_phases_have_is_told_once(folder: Path) -> None:
    (folder / "net.prototxt").write_text(NET.replace('bottom: "x"', 'bottom: "xx"'))
    assert len(refused(folder, 'net: "net.prototxt" test_interval: 9 test_iter: [3, 4]')) == 1


def test_a_missing_net_is_told_at_the_field_that_names_it(folder: Path) -> None:
    assert refused(folder, 'net: "nte.prototxt"') == [
        "solver.prototxt:2:1: nte.prototxt: no such file\n    did you mean net.prototxt?"
    ]


def test_a_net_that_the_state_leaves_empty_is_refused(folder: Path) -> None:
    text = 'net: "net.prototxt" test_interval: 9 test_iter: 1\ntest_state { stage: "extra" }'
    (folder / "net.prototxt").write_text('layer { type: "Input" top: "x" include { phase: TRAIN } }')
    assert refused(folder, text) == [
        "solver.prototxt:2:1: no layer of the net takes part in phase TEST with stages extra"
    ]


def test_a_solver_without_nets_is_refused(folder: Path) -> None:
    (words,) = refused(folder, "max_iter: 5")
    assert words.endswith("must give the train net; found none of them")


def test_an_edit_changes_every_net_once(folder: Path) -> None:
    seen: list[Message] = []

    def rename(tree: Message) -> None:
        seen.append(tree)
        assign(tree, "name", '"edited"')

    found = graphs(folder, 'net: "net.prototxt" test_interval: 9 test_iter: 3', rename)
    assert [each.graph.name for each in (found.train, *found.tests)] == ["edited", "edited"]
    assert len(seen) == 1


def test_old_forms_are_noticed_once_and_with_their_file(folder: Path) -> None:
    data = 'layers { name: "d" type: HDF5_DATA top: "x" hdf5_data_param { source: "l" batch_size: 2 } }'
    (folder / "net.prototxt").write_text(f'{data} layers {{ name: "s" type: SILENCE bottom: "x" }}')
    (notice,) = graphs(folder, 'net: "net.prototxt" test_interval: 9 test_iter: 3').notices
    assert notice.startswith("net.prototxt: ")
