from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.options import CHECKS, check_intervals, check_ways


def solver(text: str) -> schema.SolverParameter:
    return text_format.Parse(text, schema.SolverParameter())


@pytest.mark.parametrize("field", ["display", "test_interval", "snapshot", "max_iter"])
def test_numbers_of_iterations_are_not_negative(field: str) -> None:
    check_intervals(solver(f"{field}: 0"))
    with pytest.raises(OptionError) as caught:
        check_intervals(solver(f"{field}: -1"))
    assert (str(caught.value), caught.value.path) == (f"{field} is -1, must not be negative", (field,))


def test_numbers_of_test_batches_are_not_negative() -> None:
    check_intervals(solver("test_iter: 0 test_interval: 1"))
    with pytest.raises(OptionError) as caught:
        check_intervals(solver("test_iter: 5 test_iter: -3 test_interval: 1"))
    assert (str(caught.value), caught.value.path) == ("test_iter is -3, must not be negative", ("test_iter", 1))


def test_a_net_that_is_to_be_tested_needs_an_interval() -> None:
    with pytest.raises(OptionError) as caught:
        check_intervals(solver("test_iter: 5"))
    assert str(caught.value) == "test_interval is not set, must be at least 1 where test_iter is given"
    assert caught.value.path == ("test_iter", 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('lr_policy: "stp"', "stp"),
        ('lr_policy: "fixed" type: "SDG"', "SDG"),
        ('lr_policy: "fixed" regularization_type: "L3"', "L3"),
        ('lr_policy: "fixed" iter_size: 0', "iter_size is 0"),
        ('lr_policy: "fixed" average_loss: 0', "average_loss is 0"),
        ('lr_policy: "fixed" snapshot: -2', "snapshot is -2"),
        ('lr_policy: "fixed" type: "AdaGrad" momentum: 0.9', "momentum is 0.9"),
    ],
)
def test_every_option_is_under_one_of_the_checks(text: str, words: str) -> None:
    found = []
    for check in CHECKS:
        try:
            check(solver(f"base_lr: 1 {text}"))
        except OptionError as error:
            found.append(str(error))
    assert len(found) == 1
    assert words in found[0]


def test_a_sound_solver_passes() -> None:
    for check in CHECKS:
        check(solver('base_lr: 0.1 lr_policy: "fixed" momentum: 0.9 test_iter: 1 test_interval: 10 max_iter: 5'))


@pytest.mark.parametrize(
    ("text", "words", "way_out"),
    [
        ("cuda_graph: true precision: FP16", "does not go with FP16", "take precision: BF16, or leave out cuda_graph"),
        ("cuda_graph: true shard: true", "does not go with shard", "leave out cuda_graph: only the speed changes"),
        ("cuda_graph: true sync_batch_norm: true", "does not go with sync_batch_norm", "leave out cuda_graph"),
        ("compile: true shard: true", "does not go with shard", "leave out compile"),
        ("debug_info: true shard: true", "does not go with shard: it looks between layers", "leave out shard"),
        ("debug_info: true compile: true", "does not go with compile", "leave out compile: only speed and memory"),
        ("debug_info: true cuda_graph: true", "does not go with cuda_graph", "leave out cuda_graph"),
    ],
)
def test_ways_that_do_not_go_together_are_refused(text: str, words: str, way_out: str) -> None:
    with pytest.raises(OptionError, match=words) as refused:
        check_ways(solver(text))
    assert refused.value.path == (text.partition(":")[0],)
    assert str(refused.value.hint).startswith(way_out)


@pytest.mark.parametrize("text", ["", "cuda_graph: true compile: true precision: BF16", "precision: FP16 shard: true"])
def test_ways_that_go_together_pass(text: str) -> None:
    check_ways(solver(text))
