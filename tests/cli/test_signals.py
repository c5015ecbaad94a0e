from __future__ import annotations

import os
import signal

import pytest

from netdef.cli.signals import EFFECTS, listening
from netdef.solver.loop import Request

HANG_UP, INTERRUPT = signal.SIGHUP, signal.SIGINT


def send(*numbers: signal.Signals) -> None:
    for number in numbers:
        os.kill(os.getpid(), number)


def test_without_a_signal_nothing_is_asked_for() -> None:
    with listening("stop", "snapshot") as requests:
        assert requests() is Request.NONE


def test_a_signal_is_a_request_that_is_made_once() -> None:
    with listening("stop", "snapshot") as requests:
        send(INTERRUPT)
        assert [requests(), requests()] == [Request.STOP, Request.NONE]
        send(HANG_UP)
        assert [requests(), requests()] == [Request.SNAPSHOT, Request.NONE]


def test_a_hang_up_goes_before_an_interrupt() -> None:
    with listening("stop", "snapshot") as requests:
        send(INTERRUPT, HANG_UP)
        assert [requests(), requests(), requests()] == [Request.SNAPSHOT, Request.STOP, Request.NONE]


def test_a_signal_that_comes_twice_before_it_is_served_counts_once() -> None:
    with listening("stop", "snapshot") as requests:
        send(HANG_UP, HANG_UP)
        assert [requests(), requests()] == [Request.SNAPSHOT, Request.NONE]


def test_the_flags_say_what_signals_do() -> None:
    with listening("snapshot", "stop") as requests:
        send(INTERRUPT)
        assert requests() is Request.SNAPSHOT
        send(HANG_UP)
        assert requests() is Request.STOP
    with listening("none", "none") as requests:
        send(INTERRUPT, HANG_UP)
        assert [requests(), requests()] == [Request.NONE, Request.NONE]
    assert EFFECTS == ["none", "snapshot", "stop"]


def test_a_second_ctrl_c_in_a_row_interrupts() -> None:
    with listening("stop", "snapshot") as requests:
        send(INTERRUPT)
        with pytest.raises(KeyboardInterrupt):
            send(INTERRUPT)
        assert requests() is Request.STOP
        send(INTERRUPT)  # the one before has been served: this is a first one again


def test_signals_do_what_they_did_before_once_the_block_is_left() -> None:
    before = [signal.getsignal(number) for number in (HANG_UP, INTERRUPT)]
    with listening("stop", "snapshot"):
        assert [signal.getsignal(number) for number in (HANG_UP, INTERRUPT)] != before
    assert [signal.getsignal(number) for number in (HANG_UP, INTERRUPT)] == before
    with pytest.raises(KeyboardInterrupt):
        send(INTERRUPT)
