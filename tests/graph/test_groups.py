from __future__ import annotations

import pytest

from netdef.errors import OptionError
from netdef.graph.graph import Attributes
from netdef.graph.groups import attributes, check_devices, device_path, repeated
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


@pytest.mark.parametrize(
    ("devices", "words", "place", "hint"),
    [
        (["0", "1", "0"], 'names device "0" twice, must name each once', 2, "equal parts, one a device"),
        (["0", ""], "device is empty, must be named", 1, 'device: "0"'),
        ([" "], "device is empty, must be named", 0, "leave the field out"),
    ],
)
def test_devices_without_a_name_or_named_twice_are_refused(
    devices: list[str], words: str, place: int, hint: str
) -> None:
    with pytest.raises(OptionError) as caught:
        check_devices(devices)
    assert (str(caught.value), caught.value.path) == (words, ("device", place))
    assert hint in caught.value.hint


def test_a_layers_own_devices_are_checked() -> None:
    with pytest.raises(OptionError, match='names device "left" twice'):
        attributes_of('device: "left" device: "left"')


def test_the_place_of_the_devices_is_the_layers_or_that_of_the_first_group_that_says_them() -> None:
    net = message(
        'layer_group { name: "silent" } layer_group { name: "other" device: "1" }',
        'layer_group { name: "g" device: "0" }',
        'layer { in_group: "silent" in_group: "g" } layer { in_group: "g" device: "2" }',
    )
    grouped, own = net.layer
    places = {group.name: index for index, group in enumerate(net.layer_group)}
    assert device_path(grouped, 4, net.layer_group, places) == ("layer_group", 2, "device", 0)
    assert device_path(own, 5, net.layer_group, places) == ("layer", 5, "device", 0)
