from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest

from netdef.cli.process import collect_seldom, wait_patiently


def test_idle_threads_sleep_soon_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.setenv(name, "")  # so that both are put back
        monkeypatch.delenv(name)
    wait_patiently()
    assert (os.environ["OMP_WAIT_POLICY"], os.environ["GOMP_SPINCOUNT"]) == ("PASSIVE", "2000")
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    monkeypatch.delenv("GOMP_SPINCOUNT")
    wait_patiently()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
    assert "GOMP_SPINCOUNT" not in os.environ


def test_garbage_is_looked_for_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 11, 12)
        collect_seldom()
        assert gc.get_threshold() == (70_000, 11, 12)
    finally:
        gc.set_threshold(*before)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the settings are glibc's")
def test_freed_memory_is_kept() -> None:
    """In a process of its own: the settings last."""
    program = "from netdef.cli.process import keep_memory; raise SystemExit(0 if keep_memory() else 1)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
