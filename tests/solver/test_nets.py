from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver import nets
from netdef.solver.nets import NetChoice, train_net


def solver(text: str) -> schema.SolverParameter:
    return text_format.Parse(text, schema.SolverParameter())


def described(choice: NetChoice) -> tuple[str, str, str, int]:
    """The field, the file or the message's name, the phase and the iterations."""
    field = ".".join(map(str, choice.path))
    given = choice.file if choice.message is None else f"message {choice.message.name}"
    return field, str(given), schema.Phase.Name(choice.phase), choice.iterations


def of_tests(text: str) -> list[tuple[str, str, str, int]]:
    return [described(choice) for choice in nets.tested_nets(solver(text))]


@pytest.mark.parametrize(
    ("text", "field", "given"),
    [
        ('net: "a.prototxt"', "net", "a.prototxt"),
        ('train_net: "a.prototxt"', "train_net", "a.prototxt"),
        ('net_param { name: "n" }', "net_param", "message n"),
        ('train_net_param { name: "n" }', "train_net_param", "message n"),
        ('train_net: "a.prototxt" test_net: "b.prototxt" test_iter: 1', "train_net", "a.prototxt"),
    ],
)
def test_one_field_gives_the_train_net(text: str, field: str, given: str) -> None:
    assert described(train_net(solver(text))) == (field, given, "TRAIN", 0)


def test_a_solver_without_a_train_net_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        train_net(solver('test_net: "a.prototxt"'))
    assert str(caught.value).endswith("must give the train net; found none of them")
    assert caught.value.path == ()


def test_a_solver_with_two_train_nets_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        train_net(solver('net: "a.prototxt" train_net: "b.prototxt"'))
    words = "one of train_net_param, train_net, net_param, net must give the train net; found train_net and net"
    assert str(caught.value) == words
    assert caught.value.path == ("net",)


def test_what_test_iter_leaves_goes_to_the_file_of_the_train_net() -> None:
    text = 'net: "n" test_net: "t" test_net: "u" test_net_param { name: "m" }'
    assert of_tests(f"{text} test_iter: [1, 2, 3, 4, 5]") == [
        ("test_net_param.0", "message m", "TEST", 1),
        ("test_net.0", "t", "TEST", 2),
        ("test_net.1", "u", "TEST", 3),
        ("net", "n", "TEST", 4),
        ("net", "n", "TEST", 5),
    ]


def test_a_net_inside_the_solver_can_be_tested_too() -> None:
    assert of_tests('net_param { name: "n" } test_iter: 7') == [("net_param", "message n", "TEST", 7)]


def test_without_test_iter_nothing_is_tested() -> None:
    assert of_tests('net: "n"') == []


@pytest.mark.parametrize(
    ("text", "words", "path"),
    [
        (
            'net: "n" test_net: "t" test_net: "u" test_iter: 1',
            "test_iter and test nets do not match: 1 and 2, must be one for each",
            ("test_iter", 0),
        ),
        (
            'net: "n" test_net: "t"',
            "test_iter and test nets do not match: 0 and 1, must be one for each",
            ("test_net",),
        ),
        (
            'train_net: "n" test_net: "t" test_iter: 1 test_iter: 2',
            "test_iter and test nets do not match: 2 and 1, must be one for each",
            ("test_iter", 0),
        ),
        (
            'train_net: "n" test_iter: 1',
            "test_iter and test nets do not match: 1 and 0, must be one for each",
            ("test_iter", 0),
        ),
        (
            'net: "n" test_iter: 1 test_iter: 2 test_state { level: 1 }',
            "test_state and test nets do not match: 1 and 2, must be one for each",
            ("test_state", 0),
        ),
    ],
)
def test_numbers_that_do_not_match_are_refused(text: str, words: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(OptionError) as caught:
        nets.tested_nets(solver(text))
    assert (str(caught.value), caught.value.path) == (words, path)


def test_the_solvers_word_on_the_state_counts_more_than_the_nets() -> None:
    text = 'net: "n" test_iter: [1, 2] train_state { level: 3 } test_state { stage: "a" } test_state { level: 4 }'
    net = schema.NetParameter(state=schema.NetState(level=1, stage=["always"]))
    choices = [train_net(solver(text)), *nets.tested_nets(solver(text))]
    states = [choice.state_for(net) for choice in choices]
    assert [(state.phase, state.level, list(state.stage)) for state in states] == [
        (schema.TRAIN, 3, ["always"]),
        (schema.TEST, 1, ["always", "a"]),
        (schema.TEST, 4, ["always"]),
    ]


def test_the_nets_word_on_its_phase_counts_more_than_the_use_it_is_put_to() -> None:
    net = schema.NetParameter(state=schema.NetState(phase=schema.TEST))
    assert train_net(solver('net: "n"')).state_for(net).phase == schema.TEST
