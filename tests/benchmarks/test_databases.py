from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import databases
from netdef.data.lmdb_source import LmdbSource


def test_databases_of_all_sizes_are_opened_and_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(databases, "ROUNDS", 1)
    monkeypatch.setattr(sys, "argv", ["databases", "--records", "100,700"])
    databases.main()
    heading, *rows = capsys.readouterr().out.splitlines()
    assert all(column in heading for column in databases.COLUMNS)
    assert [int(row.split()[0]) for row in rows] == [100, 700]
    assert all(len(row.split()) == 1 + len(databases.COLUMNS) for row in rows)


def test_records_have_the_keys_asked_for(tmp_path: Path) -> None:
    databases.write(tmp_path / "db", 12, b"im%03d")
    source = LmdbSource(tmp_path / "db")
    assert [source.read(number).name for number in (0, 11)] == ["im000", "im011"]
    source.close()
