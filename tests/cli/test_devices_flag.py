from __future__ import annotations

import argparse

import pytest

from netdef.cli.devices_flag import add_devices_flag, wanted_devices
from netdef.errors import DeviceError, UsageError


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--gpu", default="")
    add_devices_flag(parser)
    return parser.parse_args(words)


def test_without_the_flag_nothing_is_wanted() -> None:
    assert wanted_devices(arguments()) == ()


def test_a_list_names_devices_in_order() -> None:
    assert wanted_devices(arguments("--devices", "cpu:1, cpu:0,cpu")) == ("cpu:1", "cpu:0", "cpu")


def test_each_worker_has_a_list_of_its_own() -> None:
    given = arguments("--devices", "cpu:0,cpu:1;cpu:2,cpu:3", "--gpu", "0,1")
    assert wanted_devices(given, 0, 2) == ("cpu:0", "cpu:1")
    assert wanted_devices(given, 1, 2) == ("cpu:2", "cpu:3")


def test_workers_and_lists_must_be_as_many() -> None:
    with pytest.raises(UsageError, match=r"1 list of devices for 2 workers\n.*with ; between: 0,1;2,3"):
        wanted_devices(arguments("--devices", "cpu:0,cpu:1"), 0, 2)


def test_two_flags_that_say_where_are_one_too_many() -> None:
    with pytest.raises(UsageError, match="--gpu and --devices both say where to compute"):
        wanted_devices(arguments("--devices", "cpu:0", "--gpu", "0"))


@pytest.mark.parametrize("word", ["gpu", "cpu:x", "cuda:-1", "cpu:0,,cpu:1"])
def test_what_is_no_device_is_refused(word: str) -> None:
    with pytest.raises(DeviceError, match=r"is no device\n.*name each as cuda:0, or 0, or cpu:0"):
        wanted_devices(arguments("--devices", word))


def test_a_device_named_twice_is_refused() -> None:
    with pytest.raises(DeviceError, match="cpu:0 is named twice"):
        wanted_devices(arguments("--devices", "cpu:0,cpu:0"))


def test_a_gpu_that_is_not_there_is_refused() -> None:
    with pytest.raises(DeviceError, match="GPU 99 is not there"):
        wanted_devices(arguments("--devices", "cuda:99,cpu"))
