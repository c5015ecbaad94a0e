from time import sleep

import torch

from netdef.cli.stopwatch import Stopwatch


def test_laps_are_milliseconds_since_the_lap_before() -> None:
    watch = Stopwatch(torch.device("cpu"))
    sleep(0.02)
    assert 20 <= watch.lap() < 2000
    assert watch.lap() < 20
