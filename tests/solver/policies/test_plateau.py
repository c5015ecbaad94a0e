from __future__ import annotations

import math

import pytest
from google.protobuf import text_format

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.policies.plateau import Plateau, check_metric


def solver(options: str, text: str = "test_interval: 10") -> schema.SolverParameter:
    message = f'base_lr: 1 lr_policy: "plateau" {text} plateau_param {{ {options} }}'
    return text_format.Parse(message, schema.SolverParameter())


def drops(plateau: Plateau, results: list[float], first: int = 0) -> list[int]:
    """Return in which tests the rate is lowered."""
    return [number for number, result in enumerate(results, first) if plateau.take(number * 10, result)]


ERROR = 'metric: "error" better: LOWER'
ACCURACY = 'metric: "accuracy" better: HIGHER'


def test_the_rate_falls_after_tests_without_improvement() -> None:
    plateau = Plateau(solver(f"{ERROR} patience: 2"))
    assert drops(plateau, [0.5, 0.6, 0.4, 0.4, 0.4, 0.45, 0.41, 0.3, 0.31, 0.32]) == [4, 6, 9]
    assert plateau.factor == pytest.approx(0.001)
    assert plateau.memory.best == 0.3


def test_high_results_can_be_the_good_ones() -> None:
    plateau = Plateau(solver(f"{ACCURACY} patience: 2", "gamma: 0.5 test_interval: 10"))
    assert drops(plateau, [0.5, 0.6, 0.7, 0.6, 0.65, 0.8]) == [4]
    assert plateau.factor == 0.5


def test_what_beats_the_best_by_too_little_is_no_improvement() -> None:
    plateau = Plateau(solver(f"{ERROR} patience: 1 min_delta: 0.125"))
    assert drops(plateau, [1, 0.875, 0.75, 0.5]) == [1]
    assert plateau.memory.best == 0.5


def test_no_number_is_no_improvement() -> None:
    plateau = Plateau(solver(f"{ERROR} patience: 2"))
    assert drops(plateau, [math.nan, 0.5, math.nan, math.inf, 0.4]) == [3]
    assert plateau.memory.best == 0.4


def test_there_can_be_a_last_drop() -> None:
    plateau = Plateau(solver(f"{ERROR} patience: 1 max_drops: 2"))
    assert drops(plateau, [1, 1, 1, 1, 1]) == [1, 2]


def test_a_rate_at_the_lowest_falls_no_more() -> None:
    plateau = Plateau(solver(f"{ERROR} patience: 1", "test_interval: 10 min_lr: 0.05"))
    assert drops(plateau, [1, 1, 1, 1, 1]) == [1, 2]


def test_a_test_that_is_made_again_counts_once() -> None:
    plateau = Plateau(solver(f"{ERROR} patience: 2"))
    assert [plateau.take(iteration, 1.0) for iteration in (0, 10, 10, 10, 20)] == [False, False, False, False, True]


def test_tests_before_the_end_of_the_warm_up_do_not_count() -> None:
    plateau = Plateau(solver(f"{ERROR} patience: 1", "test_interval: 10 warmup_iter: 25"))
    assert drops(plateau, [0.5, 0.6, 0.6, 0.7, 0.8]) == [4]
    assert plateau.memory.best == 0.7


def test_what_it_knows_lets_another_go_on() -> None:
    results = [0.5, 0.5, 0.6, 0.4, 0.5, 0.5, 0.5, 0.5]
    options = solver(f"{ERROR} patience: 3")
    whole, first, second = Plateau(options), Plateau(options), Plateau(options)
    head = drops(first, results[:5])
    second.memory.MergeFromString(first.memory.SerializeToString())
    assert head + drops(second, results[5:], 5) == drops(whole, results) == [6]
    assert second.memory == whole.memory


@pytest.mark.parametrize(
    ("options", "text", "words", "path"),
    [
        ("better: LOWER", "", "needs a plateau_param with a metric", ("lr_policy",)),
        ('metric: "loss"', "", 'whether a low or a high "loss" is good', ("plateau_param",)),
        (f"{ERROR} patience: 0", "", "patience is 0, must be at least 1", ("plateau_param", "patience")),
        (f"{ERROR} min_delta: -1", "", "min_delta is -1, must not be negative", ("plateau_param", "min_delta")),
        (ERROR, "", "needs tests, but test_interval is not set", ("lr_policy",)),
    ],
)
def test_refused(options: str, text: str, words: str, path: tuple[str, ...]) -> None:
    with pytest.raises(OptionError, match=words) as refused:
        Plateau(solver(options, text))
    assert refused.value.path == path


def test_the_metric_is_an_output_of_a_test_net() -> None:
    options = solver(ACCURACY)
    check_metric(options, ["loss", "accuracy"])
    with pytest.raises(OptionError, match='"accuracy", which no test net gives') as refused:
        check_metric(options, ["loss", "accuracy5"])
    assert (refused.value.path, refused.value.hint) == (("plateau_param", "metric"), 'did you mean "accuracy5"?')
    with pytest.raises(OptionError) as refused:
        check_metric(options, ["loss"])
    assert refused.value.hint == "the outputs of the test nets are loss"
    with pytest.raises(OptionError) as refused:
        check_metric(options, [])
    assert refused.value.hint == "the solver names no test net"


def test_other_policies_have_no_metric() -> None:
    check_metric(schema.SolverParameter(lr_policy="step"), [])
