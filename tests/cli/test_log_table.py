from math import isnan

from netdef.cli.log_table import LogTable, tables
from netdef.draw.log_entries import TestEntry, TrainEntry


def trained(iteration: int, loss: float, lr: float | None = 0.5) -> TrainEntry:
    return TrainEntry(iteration, iteration + 0.25, loss, loss, lr, {"loss": [loss]})


def test_columns_in_caffes_order() -> None:
    train, test = tables([TestEntry(0, 0.125, 0, {"acc": [0.75], "loss": [3]}), trained(2, 1.5)])
    assert train.csv(",") == "NumIters,Seconds,LearningRate,loss\n2,2.25,0.5,1.5\n"
    assert test.csv("\t") == "NumIters\tSeconds\tLearningRate\tacc\tloss\n0\t0.125\t0.5\t0.75\t3\n"


def test_rates_of_tests_and_of_lines_that_lack_it() -> None:
    tests = [TestEntry(iteration, 0, 0, {"acc": [1]}) for iteration in (0, 4)]
    train, test = tables([tests[0], trained(0, 3, 0.1), trained(2, 3, None), tests[1], trained(4, 3, 0.01)])
    assert [row["LearningRate"] for row in train.rows] == [0.1, 0.1, 0.01]
    assert [row["LearningRate"] for row in test.rows] == [0.1, 0.1]
    (row,) = tables([trained(0, 3, None)])[0].rows
    assert isnan(row["LearningRate"])


def test_the_elements_of_an_output_have_a_column_each() -> None:
    _, test = tables([TestEntry(0, 0, 0, {"per_class": [0.5, 0.25]})])
    assert test.rows == [test.rows[0] | {"per_class[0]": 0.5, "per_class[1]": 0.25}]


def test_several_test_nets_share_a_row_where_their_iteration_is_the_same() -> None:
    nets = [TestEntry(4, 7, 0, {"acc": [0.5]}), TestEntry(4, 9, 1, {"acc": [0.25]}), TestEntry(8, 11, 1, {"acc": [1]})]
    _, test = tables(nets)
    assert test.csv(",").splitlines() == [
        "NumIters,Seconds,LearningRate,acc,acc (test net 1)",
        "4,9,nan,0.5,0.25",
        "8,11,nan,,1",
    ]


def test_a_resumed_run_replaces_what_lies_behind_its_start() -> None:
    train, _ = tables([trained(0, 9), trained(2, 8), trained(4, 7), trained(2, 6), trained(4, 5)])
    assert [(row["NumIters"], row["loss"]) for row in train.rows] == [(0, 9), (2, 6), (4, 5)]


def test_an_empty_table() -> None:
    assert LogTable().csv(",") == "\n"
