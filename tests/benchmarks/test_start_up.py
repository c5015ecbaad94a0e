from __future__ import annotations

import pytest

from benchmarks.start_up import cpu_seconds


def test_a_command_takes_some_time() -> None:
    assert 0 < cpu_seconds(["--help"]) < 60


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="summary nowhere ended with 1"):
        cpu_seconds(["summary", "nowhere"])
