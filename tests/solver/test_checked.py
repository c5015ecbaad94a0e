from __future__ import annotations

from pathlib import Path

import pytest

from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Loaded, examine_solver
from netdef.solver.checked import check_solver, locate_within

POLICY = 'base_lr: 1 lr_policy: "fixed"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def solver(folder: Path, text: str) -> Loaded[schema.SolverParameter]:
    (folder / "solver.prototxt").write_text(text)
    return examine_solver("solver.prototxt")


def test_the_nets_are_named_though_they_are_not_there(folder: Path) -> None:
    found = check_solver(solver(folder, POLICY + 'net: "n" test_net: "m" test_iter: [3, 4] test_interval: 9'))
    assert found.train is not None
    assert (found.train.file, [(test.file, test.iterations) for test in found.tests]) == ("n", [("m", 3), ("n", 4)])
    assert found.problems == ()


def test_all_rules_are_asked_and_each_problem_has_its_place(folder: Path) -> None:
    found = check_solver(solver(folder, 'lr_policy: "fixd"\ndisplay: -2\ntest_iter: 5\n'))
    assert [str(problem).partition("\n")[0] for problem in found.problems] == [
        'solver.prototxt:1:1: lr_policy is "fixd", which is unknown',
        "solver.prototxt:2:1: display is -2, must not be negative",
        "solver.prototxt:1:1: one of train_net_param, train_net, net_param, net must give the train net;"
        " found none of them",
        "solver.prototxt:3:1: test_iter and test nets do not match: 1 and 0, must be one for each",
    ]
    assert (found.train, found.tests) == (None, ())


def test_a_net_inside_the_solver_has_its_places_there(folder: Path) -> None:
    loaded = solver(folder, 'net_param {\n  layer {\n    name: "a"\n  }\n}\n')
    locate = locate_within(loaded, ("net_param",))
    assert str(locate(("layer", 0, "name"))) == "solver.prototxt:3:5"
