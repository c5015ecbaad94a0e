"""The logs of a run folder; those of a run before are set aside, not written on."""

from __future__ import annotations

from itertools import count
from pathlib import Path

TEXT_LOG = "train.log"
JOURNAL = "log.jsonl"


def set_aside(folder: Path) -> None:
    """Give the logs that are in ``folder`` the next free number: log.jsonl becomes log.1.jsonl.

    Those of a run that did not come to its first event stay: it was given a wrong flag or file.
    """
    journal = folder / JOURNAL
    if journal.exists() and not journal.stat().st_size:
        return
    logs = [folder / name for name in (TEXT_LOG, JOURNAL) if (folder / name).exists()]
    if not logs:
        return
    number = next(n for n in count(1) if not any(_numbered(log, n).exists() for log in logs))
    for log in logs:
        log.rename(_numbered(log, number))


def _numbered(log: Path, number: int) -> Path:
    return log.with_suffix(f".{number}{log.suffix}")
