from __future__ import annotations

import pytest

from netdef.graph.states import mentioned_states
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import IMAGES, LABELS, layer, message

Described = tuple[str, int, list[str]]


def states(*texts: str) -> list[Described]:
    return [
        (schema.Phase.Name(state.phase), state.level, list(state.stage)) for state in mentioned_states(message(*texts))
    ]


def source(rules: str) -> str:
    return IMAGES.replace("top:", f"{rules} top:")


def test_a_net_without_rules_is_looked_at_in_both_phases() -> None:
    assert states(IMAGES) == [("TRAIN", 0, []), ("TEST", 0, [])]


def test_every_stage_that_an_include_rule_names_is_looked_at() -> None:
    deploy = source('include { phase: TEST stage: "deploy" }')
    any_phase = layer("ReLU", "x", "y", 'include { stage: "a" stage: "b" }')
    assert states(IMAGES, deploy, any_phase) == [
        ("TRAIN", 0, []),
        ("TEST", 0, []),
        ("TEST", 0, ["deploy"]),
        ("TRAIN", 0, ["a", "b"]),
        ("TEST", 0, ["a", "b"]),
    ]


def test_the_level_of_a_rule_goes_with_its_stage() -> None:
    assert states(IMAGES, layer("ReLU", "x", "y", 'include { phase: TEST min_level: 3 stage: "a" }'))[2:] == [
        ("TEST", 3, ["a"])
    ]
    assert states(IMAGES, layer("ReLU", "x", "y", 'include { phase: TEST max_level: 2 stage: "a" }'))[2:] == [
        ("TEST", 2, ["a"])
    ]


def test_states_that_no_source_feeds_are_left_out() -> None:
    assert states(source("include { phase: TEST }"), layer("ReLU", "x", "y")) == [("TEST", 0, [])]


def test_a_net_without_a_loss_is_looked_at_in_the_phases_that_it_is_whole_in() -> None:
    between = layer("ReLU", "x", "y", "include { phase: TEST }")
    assert states(IMAGES, between, layer("ReLU", "y", "z")) == [("TEST", 0, [])]
    assert states(IMAGES, between, layer("ReLU", "nowhere", "z")) == [("TRAIN", 0, []), ("TEST", 0, [])]


@pytest.mark.parametrize("loss", [layer("HingeLoss", "y,label", "l"), layer("Reduction", "y", "l", "loss_weight: 2")])
def test_a_net_with_a_loss_is_looked_at_in_both(loss: str) -> None:
    between = layer("ReLU", "x", "y", "include { phase: TEST }")
    assert states(IMAGES, LABELS, between, loss) == [("TRAIN", 0, []), ("TEST", 0, [])]


def test_a_net_that_is_whole_in_no_phase_is_looked_at_in_both() -> None:
    between = layer("ReLU", "x", "y", 'include { phase: TEST stage: "a" stage: "b" }')
    other = layer("ReLU", "x", "u", 'include { stage: "c" }')
    assert len(states(IMAGES, between, other, layer("Eltwise", "y,u", "z"))) == 5


def test_a_net_that_nothing_feeds_is_looked_at_in_both_phases() -> None:
    assert states(layer("ReLU", "x", "y", 'include { stage: "a" }')) == [("TRAIN", 0, []), ("TEST", 0, [])]


def test_what_the_net_says_of_its_own_state_holds_in_all() -> None:
    assert states('state { level: 4 stage: "always" }', IMAGES) == [
        ("TRAIN", 4, ["always"]),
        ("TEST", 4, ["always"]),
    ]


def test_the_same_state_is_looked_at_once() -> None:
    twice = [layer("ReLU", "x", top, 'include { phase: TEST stage: "a" }') for top in "yz"]
    assert states(IMAGES, *twice) == [("TRAIN", 0, []), ("TEST", 0, []), ("TEST", 0, ["a"])]
