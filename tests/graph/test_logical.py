from __future__ import annotations

import pytest

from netdef.errors import DeviceError
from netdef.graph.graph import Graph
from netdef.graph.logical import logical_devices, real_devices
from tests.graph.texts import IMAGES, graph, layer


def spread(*devices: str) -> Graph:
    """Return a net with a layer on each of some devices."""
    return graph(
        'name: "wide"',
        IMAGES,
        *(layer("Power", "x", f"y{index}", f'device: "{name}"') for index, name in enumerate(devices)),
    )


def test_numbers_come_in_order_before_names_in_theirs() -> None:
    assert logical_devices(spread("right", "10", "2", "left", "2")) == ["2", "10", "right", "left"]


def test_a_net_that_names_none_has_the_first() -> None:
    assert logical_devices(graph(IMAGES)) == ["0"]


def test_logical_devices_take_the_real_ones_in_turn() -> None:
    net = spread("0", "1", "2", "3")
    assert real_devices(net, ["a", "b"]) == {"0": "a", "1": "b", "2": "a", "3": "b"}
    assert set(real_devices(net, ["a"]).values()) == {"a"}


def test_real_devices_that_would_stand_idle_are_refused() -> None:
    with pytest.raises(DeviceError) as caught:
        real_devices(spread("0", "1"), ["cuda:0", "cuda:1", "cuda:2"])
    assert str(caught.value) == (
        '3 devices are given (cuda:0, cuda:1, cuda:2), but net "wide" is spread over 2 (0, 1):'
        " name at most so many, or give more layers a `device`"
    )


def test_what_is_known_of_another_phase_stays_so() -> None:
    test = spread("0", "2", "7")
    known = {"0": "a", "1": "b", "2": "c"}
    assert real_devices(test, ["a", "b", "c"], known) == {**known, "7": "a"}
