from __future__ import annotations

import json
from dataclasses import astuple
from pathlib import Path

import pytest

from benchmarks.contest import worker
from benchmarks.contest.case import Case
from benchmarks.contest.contender import Contender, ContenderError
from benchmarks.contest.contest import Contest, Goal, Outcome
from benchmarks.contest.contests import contests
from benchmarks.contest.rounds import Spread, play, ratios_of, times_of
from benchmarks.contest.table import object_of, text_of
from benchmarks.speed import main

CASE = Case("LeNet", "infer", 1)
ROUNDS = [
    {"netdef": 0.001, "PyTorch": 0.002},
    {"netdef": 0.003, "PyTorch": 0.004},
    {"netdef": 0.002, "PyTorch": 0.010},
]


def outcome(goal: float) -> Outcome:
    contenders = {"netdef": ("netdef", CASE), "PyTorch": ("PyTorch", CASE), "ONNX Runtime": ("ONNX Runtime", CASE)}
    contest = Contest("Deployed: LeNet", contenders, (Goal("netdef", "PyTorch", goal),))
    return Outcome(contest, 1, "wall", ROUNDS, {"ONNX Runtime": "not installed"})


def test_a_quick_run_saves_a_table_of_all_contenders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--quick", "--seconds", "0", "--threads", "1", "--out", str(tmp_path)]) == 0
    found = json.loads((tmp_path / "table.json").read_text())
    assert [contest["title"] for contest in found["contests"]] == [
        "Training step: LeNet, batch 2",
        "Deployed: LeNet, batch 1",
    ]
    for contest in found["contests"]:
        assert len(contest["rounds"]) == 3
        assert all(one["netdef"] > 0 and one["PyTorch"] > 0 for one in contest["rounds"])
    assert (tmp_path / "table.md").read_text().split("###")[1] in capsys.readouterr().out


def test_ratios_are_taken_in_each_round() -> None:
    assert times_of(ROUNDS, "netdef") == Spread(1.0, 2.0, 3.0)
    assert astuple(ratios_of(ROUNDS, "netdef", "PyTorch")) == pytest.approx((0.2, 0.5, 0.75))


@pytest.mark.parametrize(("goal", "word"), [(0.5, "reached"), (0.49, "missed")])
def test_a_goal_is_judged_by_the_middle_ratio(goal: float, word: str) -> None:
    text = text_of(outcome(goal))
    assert f"netdef ≤ {goal:.2f}: {word} (0.50)" in text
    assert "| ONNX Runtime | not installed |" in text
    assert "0.20, 0.50, 0.75 | 0.50 |" in text


def test_an_object_has_all_that_was_measured() -> None:
    found = object_of(outcome(0.5))
    assert found["rounds"] == ROUNDS
    assert found["milliseconds"]["PyTorch"] == {"least": 2.0, "middle": 4.0, "most": 10.0}
    assert list(found["ratios"]) == ["PyTorch"]


def test_everyone_has_a_turn_in_every_round() -> None:
    order: list[str] = []

    def turn(name: str) -> float:
        order.append(name)
        return 1.0

    rounds = play({"a": lambda: turn("a"), "b": lambda: turn("b")}, seconds=0, fewest=4)
    assert rounds == [{"a": 1.0, "b": 1.0}] * 4
    assert order == ["a", "b"] * 5  # one round more, since a round is longer than there is time


def test_short_rounds_warm_up_twice() -> None:
    turns = 0

    def turn() -> float:
        nonlocal turns
        turns += 1
        return 0.0

    assert play({"a": turn}, seconds=0, fewest=3) == [{"a": 0.0}] * 3
    assert turns == 5


def test_a_contender_that_fails_says_why() -> None:
    no_such_net = Contender("x", "netdef", Case("LeNot", "infer", 1), 1)
    with no_such_net as contender, pytest.raises(ContenderError, match="LeNot"):
        contender.wait()


def test_bfloat16_is_compared_only_where_the_processor_has_it() -> None:
    names = {name for contest in contests(bfloat16=False) for name in contest.contenders}
    assert names == {"netdef", "PyTorch", "ONNX Runtime", "OpenCV dnn"}
    assert "netdef, bf16" in {name for contest in contests(bfloat16=True) for name in contest.contenders}


def test_the_contests_are_those_of_the_goals() -> None:
    goals = {contest.title: [goal.ratio for goal in contest.goals] for contest in contests(bfloat16=True)}
    assert goals["Training step: AlexNet, batch 32"] == [0.40, 0.25]
    assert goals["Training step: VGG-16, batch 8"] == [0.80]
    assert goals["Deployed: ResNet-50, batch 32"] == [0.80, 1.0]
    assert goals["Deployed: SqueezeNet, batch 1"] == [1.0, 1.0]
    assert len(goals) == 15


@pytest.mark.parametrize(
    ("lengths", "times", "counted"),
    [([0.3, 0.2], 1, 0.3), ([0.05, 0.03, 0.02, 0.01], 1 + 3, 0.02), ([0.0] * 2000, 1 + 1001, 0.0)],
)
def test_short_work_is_repeated_and_the_first_time_does_not_count(
    lengths: list[float], times: int, counted: float
) -> None:
    now, left = [0.0], list(lengths)

    def work() -> None:
        now[0] += left.pop(0)

    assert worker.turn(work, lambda: now[0]) == pytest.approx(counted)
    assert len(lengths) - len(left) == times
