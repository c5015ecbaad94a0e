from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from netdef.cli.run_lock import LOCK, locked
from netdef.errors import UsageError

HOLDER = """
import os, signal, sys
from pathlib import Path
from netdef.cli.run_lock import locked
with locked(Path(sys.argv[1])):
    print("locked", flush=True)
    sys.stdin.read()
"""


def test_while_one_run_has_a_folder_another_is_refused_with_who_it_is(tmp_path: Path) -> None:
    with locked(tmp_path):
        with pytest.raises(UsageError, match=f"another run writes into this folder: process {os.getpid()} on .*since"):
            locked(tmp_path).__enter__()
        assert (tmp_path / LOCK).exists()
    assert list(tmp_path.iterdir()) == []
    with locked(tmp_path):
        pass


def test_what_a_killed_run_leaves_stops_nobody(tmp_path: Path) -> None:
    call = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(UsageError, match=f"process {holder.pid} on"):
            locked(tmp_path).__enter__()
        holder.kill()
    assert (tmp_path / LOCK).exists()
    with locked(tmp_path):
        assert f"process {os.getpid()}" in (tmp_path / LOCK).read_text()


def test_different_folders_are_independent(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "other")]
    for folder in folders:
        folder.mkdir()
    with locked(folders[0]), locked(folders[1]):
        assert all((folder / LOCK).exists() for folder in folders)
