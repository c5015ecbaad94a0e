from __future__ import annotations

from time import sleep

import pytest

import netdef.pycaffe as caffe


def test_time_between_start_and_stop_in_milliseconds() -> None:
    timer = caffe.Timer()
    assert timer.ms == 0
    timer.start()
    sleep(0.02)
    timer.stop()
    first = timer.ms
    assert 20 <= first < 2000
    sleep(0.02)
    assert timer.ms == first


def test_a_new_start_forgets_the_time_before() -> None:
    timer = caffe.Timer()
    sleep(0.02)
    timer.start()
    timer.stop()
    assert timer.ms == pytest.approx(0, abs=15)
