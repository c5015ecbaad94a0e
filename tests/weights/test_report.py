from __future__ import annotations

from netdef.weights.report import Entry, Report

REPORT = Report(
    net="LeNet",
    files=("a.caffemodel",),
    loaded=(Entry("conv1", ((20, 1, 5, 5), (20,)), "from a.caffemodel"),),
    kept=(Entry("ip2", ((10, 500), (10,)), "not in the file"),),
    ignored=(
        Entry("ip2_old", ((7, 500),), "the net has no such layer"),
        Entry("data", (), "the net has no such layer"),
    ),
)


def test_the_table_has_a_line_for_each_layer_with_parameters() -> None:
    assert str(REPORT).splitlines() == [
        "loaded   conv1    20×1×5×5, 20  from a.caffemodel",
        "kept     ip2      10×500, 10    not in the file",
        "ignored  ip2_old  7×500         the net has no such layer",
        'net "LeNet": 1 of 2 layers loaded from a.caffemodel; 1 kept, 1 ignored',
    ]


def test_a_layer_in_two_files_counts_once() -> None:
    twice = Report("LeNet", ("a", "b"), REPORT.loaded * 2, (), ())
    assert twice.summary == 'net "LeNet": 1 of 1 layers loaded from a, b; 0 kept, 0 ignored'
