from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.errors import UsageError
from netdef.graph.rules import holds, included, refuse_unknown_stages, shown_rules
from netdef.schema import netdef_pb2 as schema


def state(text: str) -> schema.NetState:
    return text_format.Parse(text, schema.NetState())


def rule(text: str) -> schema.NetStateRule:
    return text_format.Parse(text, schema.NetStateRule())


@pytest.mark.parametrize(
    ("text", "where", "held"),
    [
        ("", "phase: TRAIN", True),
        ("phase: TEST", "phase: TEST", True),
        ("phase: TEST", "phase: TRAIN", False),
        ("phase: TRAIN", "phase: TEST", False),  # TRAIN is the enum's zero: set, it still rules TEST out
        ("min_level: 2", "level: 1", False),
        ("min_level: 2", "level: 2", True),
        ("max_level: 2", "level: 2", True),
        ("max_level: 2", "level: 3", False),
        ("min_level: -1", "level: 0", True),
        ("max_level: 0", "level: 1", False),
        ('stage: "a" stage: "b"', 'stage: "b" stage: "c" stage: "a"', True),
        ('stage: "a" stage: "b"', 'stage: "a"', False),
        ('not_stage: "a" not_stage: "b"', 'stage: "c"', True),
        ('not_stage: "a" not_stage: "b"', 'stage: "c" stage: "b"', False),
        ('phase: TEST stage: "a" not_stage: "b"', 'phase: TEST stage: "a"', True),
        ('phase: TEST stage: "a" not_stage: "b"', 'phase: TEST stage: "a" stage: "b"', False),
    ],
)
def test_a_rule_holds_if_all_that_it_names_is_so(text: str, where: str, held: bool) -> None:
    assert holds(rule(text), state(where)) is held


@pytest.mark.parametrize(
    ("rules", "train", "test"),
    [
        ("", True, True),
        ("include { phase: TRAIN }", True, False),
        ("include { phase: TRAIN } include { phase: TEST }", True, True),
        ("exclude { phase: TRAIN }", False, True),
        ("exclude { phase: TRAIN } exclude { phase: TEST }", False, False),
        ("include { }", True, True),
        ("exclude { }", False, False),
    ],
)
def test_one_include_rule_must_hold_and_no_exclude_rule_may(rules: str, train: bool, test: bool) -> None:
    layer = text_format.Parse(rules, schema.LayerParameter())
    assert included(layer, state("phase: TRAIN")) is train
    assert included(layer, state("phase: TEST")) is test


def test_rules_are_shown_on_one_line() -> None:
    text = 'exclude { phase: TEST stage: "a" stage: "b" } exclude { min_level: 2 }'
    layer = text_format.Parse(text, schema.LayerParameter())
    assert shown_rules(layer) == text


def test_a_stage_is_known_by_any_rule_or_by_the_net_itself() -> None:
    text = 'state { stage: "own" } layer { include { stage: "a" not_stage: "b" } } layer { exclude { stage: "c" } }'
    net = text_format.Parse(text, schema.NetParameter())
    refuse_unknown_stages("net.prototxt", net, ["a", "b", "c", "own"])
    refuse_unknown_stages("net.prototxt", net, ["a", "d"])
    with pytest.raises(
        UsageError, match=r'net\.prototxt: no layer has a rule about the stage "d"; there are rules about "a", "b", "c"'
    ):
        refuse_unknown_stages("net.prototxt", net, ["d"])
    refuse_unknown_stages("net.prototxt", schema.NetParameter(), ["anything"])
