from __future__ import annotations

from itertools import count
from math import isnan
from pathlib import Path

import pytest

from netdef.draw.caffe_log import caffe_entries
from netdef.draw.log_entries import Entry, TestEntry, TrainEntry

GOLDEN = Path(__file__).parents[1] / "golden" / "cli"


def log(*messages: str, day: str = "0210", hour: int = 10) -> str:
    """A log with a line each second."""
    heads = (f"I{day} {hour:02d}:00:{second:02d}.000000 25210 solver.cpp:204] " for second in count())
    return "".join(f"{head}{message}\n" for head, message in zip(heads, messages, strict=False))


def entries(text: str) -> list[Entry]:
    return list(caffe_entries(text))


def shown(iteration: int, loss: float = 0.5, lr: float = 0.01) -> tuple[str, ...]:
    return (
        f"Iteration {iteration} (5 iter/s, 0.4s/2 iters), loss = {loss}",
        f"    Train net output #0: loss = {loss} (* 1 = {loss} loss)",
        f"Iteration {iteration}, lr = {lr}",
    )


def test_what_caffe_wrote() -> None:
    found = entries((GOLDEN / "train.log").read_text())
    assert [(type(entry), entry.iteration) for entry in found] == [
        *((TestEntry, 0), (TrainEntry, 0), (TrainEntry, 2), (TestEntry, 4)),
        *((TrainEntry, 4), (TrainEntry, 6), (TestEntry, 8), (TrainEntry, 8)),
    ]
    assert found[4] == TrainEntry(4, found[4].seconds, 1.07741, 1.24527, 0.05, {"loss": [1.07741]})
    assert found[4].seconds == pytest.approx(0.599781 - 0.599282)
    assert isinstance(found[3], TestEntry)
    assert found[3].outputs == {"acc": [0.3], "loss": [1.56119], "per_class": [0.5, 0, 0]}


def test_seconds_count_from_the_start_of_the_solver() -> None:
    found = entries(log("Creating layer d", "Solving LeNet", *shown(0), *shown(2)))
    assert [entry.seconds for entry in found] == [2, 5]


def test_old_logs_without_outputs_and_with_the_rate_first() -> None:
    found = entries(log("Iteration 20, lr = 0.001", "Iteration 20, loss = 2.5", "Iteration 40, lr = 0.001"))
    assert found == [TrainEntry(20, 0, 2.5, 2.5, 0.001), TrainEntry(40, 2, None, None, 0.001)]


def test_the_loss_of_an_iteration_is_the_sum_of_all_shares() -> None:
    outputs = (
        "    Train net output #0: loss1/loss1 = 2 (* 0.3 = 0.6 loss)",
        "    Train net output #1: top5 = 0.25",
        "    Train net output #2: loss3/loss3 = 1.5 (* 1 = 1.5 loss)",
    )
    (entry,) = entries(log("Iteration 7, loss = 1.9", *outputs))
    assert entry == TrainEntry(7, 3, 2.1, 1.9, None, {"loss1/loss1": [2], "top5": [0.25], "loss3/loss3": [1.5]})


def test_several_test_nets_and_the_loss_of_a_test() -> None:
    first = ("Iteration 5, Testing net (#0)", "Test loss: 0.75", "    Test net output #0: my acc = 0.5")
    found = entries(log(*first, "Iteration 5, Testing net (#1)", "    Test net output #0: my acc = 0.25"))
    assert found == [
        TestEntry(5, 2, 0, {"total_loss": [0.75], "my acc": [0.5]}),
        TestEntry(5, 4, 1, {"my acc": [0.25]}),
    ]


def test_a_resumed_run_goes_on_in_time_where_the_first_one_ended() -> None:
    first = log("Solving LeNet", *shown(0), *shown(2))
    resumed = log("Creating layer d", "Solving LeNet", *shown(2), day="0305", hour=2)
    assert [(entry.iteration, entry.seconds) for entry in entries(first + resumed)] == [(0, 2), (2, 5), (2, 7)]


def test_a_line_broken_off_at_the_end_does_not_count() -> None:
    text = log(*shown(0), *shown(2))
    (first, second) = entries(text[:-3])
    assert (first.iteration, second.iteration) == (0, 2)
    assert isinstance(second, TrainEntry)
    assert second.lr is None
    assert entries(log(*shown(0), "Iteration 2 (5 iter/s, 0.4s/2 iters), loss = 0.5")) == [first]


def test_damaged_lines_in_between_are_passed_over() -> None:
    head = "I0210 10:00:01.000000 25210 solver.cpp:204] "
    torn = f"{head}Iteration 1, loss = 0.{head}Iteration 1, lr = 0.5\n{head}    Train net output #0: loss = \n"
    misdated = "I0231 10:00:01.000000 25210 solver.cpp:204] Iteration 1, lr = 0.5\nI02\n"
    assert [entry.iteration for entry in entries(log(*shown(0)) + torn + misdated + log(*shown(2)))] == [0, 2]


def test_outputs_whose_iteration_is_missing_are_passed_over() -> None:
    assert entries(log("    Test net output #0: acc = 0.5", "    Train net output #0: loss = 0.5")) == []
    assert entries(log("Test loss: 0.5", "Iteration 8, Testing net (#0)", "Optimization Done.")) == []


def test_numbers_that_are_none_stay() -> None:
    (entry,) = entries(log("Iteration 3, loss = -nan", "Iteration 3, lr = 1e-05"))
    assert isinstance(entry, TrainEntry)
    assert isnan(entry.loss or 0)
    assert entry.lr == 1e-5


@pytest.mark.parametrize(
    "speed", ["", " (-1.4013e-45 iter/s, 0s/2 iters)", " (5.2 iter/s, 3.8s/20 iter), 25.6/1250.3ep"]
)
def test_speeds_of_all_forms(speed: str) -> None:
    (entry,) = entries(log(f"Iteration 3{speed}, loss = 0.5", "Iteration 3, lr = 0.1"))
    assert entry == TrainEntry(3, 0, 0.5, 0.5, 0.1)


def test_the_learning_rates_steps_are_no_iterations() -> None:
    status = "MultiStep Status: Iteration 4, step = 1"
    (entry,) = entries(log(*shown(4)[:2], status, shown(4)[2]))
    assert isinstance(entry, TrainEntry)
    assert entry.lr == 0.01


def test_prefixes_carriage_returns_and_strange_bytes_do_no_harm() -> None:
    text = "".join(f"gpu0: {line}\r\n" for line in log(*shown(2)).splitlines()) + "\ufffd\n"
    assert [entry.iteration for entry in entries(text)] == [2]
