from __future__ import annotations

import pytest

from netdef.errors import OptionError
from netdef.graph.graph import Attributes
from netdef.graph.groups import attributes, repeated
from tests.graph.texts import message


def attributes_of(layer: str, *groups: str) -> Attributes:
    net = message(f'layer {{ name: "l" type: "ReLU" {layer} }}', *(f"layer_group {{ {group} }}" for group in groups))
    return attributes(net.layer[0], {group.name: group for group in net.layer_group})


def test_a_layer_in_no_group_stands_for_itself() -> None:
    assert attributes_of('device: "1" device: "0"') == Attributes(devices=("1", "0"))


def test_multipliers_multiply_and_words_are_taken_over() -> None:
    found = attributes_of(
        'in_group: "a" in_group: "b"',
        'name: "a" lr_mult: 0.5 decay_mult: 3 color: "#6495ED"',
        'name: "b" lr_mult: 0.25 freeze: true device: "2" device: "3"',
    )
    assert found == Attributes(("a", "b"), ("2", "3"), lr_mult=0.125, decay_mult=3, freeze=True, color="#6495ED")


def test_the_layers_own_device_wins_over_groups_that_disagree_about_it() -> None:
    found = attributes_of(
        'in_group: "a" in_group: "b" device: "7"', 'name: "a" device: "1"', 'name: "b" device: "2" device: "3"'
    )
    assert found.devices == ("7",)


def test_a_group_that_says_nothing_agrees_with_all() -> None:
    assert attributes_of('in_group: "a" in_group: "b"', 'name: "a" freeze: true', 'name: "b"').freeze


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ('device: "0"', 'device: "1"', "its groups disagree on device: 0 and 1"),
        ('device: "0" device: "1"', 'device: "0"', "its groups disagree on device: 0, 1 and 0"),
        ("freeze: true", "freeze: false", "its groups disagree on freeze: true and false"),
        ('color: "red"', 'color: "#00FF00"', "its groups disagree on color: red and #00FF00"),
    ],
)
def test_groups_that_disagree_are_refused(one: str, other: str, words: str) -> None:
    with pytest.raises(OptionError) as caught:
        attributes_of('in_group: "a" in_group: "b"', f'name: "a" {one}', f'name: "b" {other}')
    assert str(caught.value) == words
    assert caught.value.path == ("in_group",)


def test_an_undefined_group_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(OptionError) as caught:
        attributes_of('in_group: "tower0" in_group: "towre1"', 'name: "tower0"', 'name: "tower1"')
    assert str(caught.value) == 'group "towre1" is not defined'
    assert (caught.value.path, caught.value.hint) == (("in_group", 1), 'did you mean "tower1"?')


def test_an_undefined_group_like_no_other_is_refused_with_what_to_write() -> None:
    with pytest.raises(OptionError) as caught:
        attributes_of('in_group: "left"', 'name: "tower0"')
    assert caught.value.hint == 'add layer_group { name: "left" } to the net'


def test_names_given_twice_are_found() -> None:
    net = message(*(f'layer_group {{ name: "{name}" }}' for name in "abcab"))
    assert list(repeated(net.layer_group)) == [3, 4]
