from __future__ import annotations

import argparse

import pytest

from netdef.cli.assignments import add_set_flag, edits
from netdef.errors import UsageError
from netdef.prototxt.parse import parse
from netdef.prototxt.write import write


def edited(file: str, text: str, *assignments: str) -> str:
    tree = parse(text, "file")
    edits(assignments)[file](tree)
    return " ".join(write(tree).split())


def test_fields_of_the_solver_and_of_the_net_are_told_apart() -> None:
    both = ("solver.base_lr=0.5", "net.name=other")
    assert edited("solver", "base_lr: 1", *both) == "base_lr: 0.5"
    assert edited("net", 'name: "n"', *both) == 'name: "other"'


def test_a_field_deep_inside_a_layer_is_set_by_the_layers_name() -> None:
    text = 'layer { name: "a" } layer { name: "conv1.1" convolution_param { num_output: 4 } }'
    assert edited("net", text, "net.layer[conv1.1].convolution_param.num_output=9") == (
        'layer { name: "a" } layer { name: "conv1.1" convolution_param { num_output: 9 } }'
    )


def test_text_fields_need_no_quotes_even_where_there_was_nothing() -> None:
    assert (
        edited("solver", "", "solver.snapshot_prefix=runs/1", "solver.type=Adam")
        == 'snapshot_prefix: "runs/1" type: "Adam"'
    )


def test_enum_words_stay_words() -> None:
    assert edited("solver", "", "solver.solver_mode=CPU") == "solver_mode: CPU"


def test_assignments_come_in_their_order_and_keep_equals_signs_in_values() -> None:
    assert (
        edited("solver", "", "solver.net=a=b", "solver.max_iter = 3", "solver.max_iter=4") == 'net: "a=b" max_iter: 4'
    )


@pytest.mark.parametrize("wrong", ["base_lr=1", "solver.base_lr", "slover.base_lr=1", "=1", "solver=1"])
def test_what_is_no_assignment_is_refused(wrong: str) -> None:
    with pytest.raises(UsageError) as caught:
        edits([wrong])
    assert str(caught.value) == f"--set {wrong}: must be solver.FIELD=VALUE or net.FIELD=VALUE"


def test_a_path_that_leads_nowhere_is_refused() -> None:
    with pytest.raises(UsageError, match=r"layer\[conv\]"):
        edited("net", 'layer { name: "a" }', "net.layer[conv].type=ReLU")


def test_the_flag_may_be_repeated() -> None:
    parser = argparse.ArgumentParser()
    add_set_flag(parser)
    assert parser.parse_args([]).set == []
    assert parser.parse_args(["--set", "solver.a=1", "--set", "net.b=2"]).set == ["solver.a=1", "net.b=2"]
