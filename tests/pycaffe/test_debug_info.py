from __future__ import annotations

from pathlib import Path

import pytest

import netdef.pycaffe as caffe
from tests.debugged import LINES, NET, SOLVER, compare
from tests.pycaffe.conftest import Write


def lines(captured: pytest.CaptureFixture[str]) -> list[str]:
    messages = (line.partition("] ")[2] for line in captured.readouterr().err.splitlines())
    return [message for message in messages if message.startswith("    [")]


@pytest.fixture
def solver_file(write: Write, tmp_path: Path) -> Path:
    return write(SOLVER % (write(NET), tmp_path), "solver.prototxt")


def test_a_solver_logs_what_caffe_logs(solver_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    caffe.get_solver(solver_file).solve()
    compare(lines(capsys))


def test_iterations_that_are_not_displayed_have_no_lines(solver_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    solver = caffe.get_solver(solver_file)
    solver.step(1)
    assert len(lines(capsys)) == len(LINES)
    solver.step(1)
    assert lines(capsys) == []


def test_what_the_options_say_now_counts(solver_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    solver = caffe.get_solver(solver_file)
    solver.param.debug_info = False
    solver.step(1)
    assert all("Layer mean" not in line for line in lines(capsys))  # which is in the train net alone


def test_a_net_that_asks_for_it_logs_each_layer_but_no_norms(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    net = caffe.Net(write(f"debug_info: true {NET}"), caffe.TRAIN)
    net.forward(end="relu")
    compare(lines(capsys), LINES[19:25])
    net.forward()
    net.backward()
    found = lines(capsys)
    (first,) = (number for number, line in enumerate(LINES) if "All net params" in line and number < 60)
    compare(found, LINES[19:first])


def test_other_nets_log_nothing(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    net = caffe.Net(write(NET), caffe.TRAIN)
    net.forward()
    net.backward()
    assert lines(capsys) == []
