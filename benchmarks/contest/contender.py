"""One who takes part: a process that does a case when it is told to."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

from benchmarks.contest.case import Case

ROOT = Path(__file__).resolve().parents[2]


class ContenderError(Exception):
    """A contender has ended; with the last line that it wrote."""


@dataclass
class Contender:
    """A case in an engine; ``python`` is the interpreter that has the engine. Use it in a ``with`` block.

    By the clock "processor" a turn is as long as its threads computed, together: what other programs do counts less.
    """

    name: str
    engine: str
    case: Case
    threads: int
    python: str = sys.executable
    clock: str = "wall"
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)
    _complaints: IO[str] | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        words = [self.python, "-m", "benchmarks.contest.worker", "--engine", self.engine]
        words += ["--threads", str(self.threads), "--clock", self.clock, *self.case.flags()]
        self._complaints = TemporaryFile("w+")
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(words, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=self._complaints, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        if self._complaints is not None:
            self._complaints.close()

    def wait(self) -> None:
        """Wait until it is ready."""
        self._answer()

    def turn(self) -> float:
        """Let it do the case once, and return the seconds."""
        if self._process is None or self._process.stdin is None:
            raise ContenderError("not started")
        try:
            self._process.stdin.write("go\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ContenderError(self._last_words()) from None
        return float(self._answer())

    def _answer(self) -> str:
        if self._process is None or self._process.stdout is None:
            raise ContenderError("not started")
        if line := self._process.stdout.readline():
            return line.strip()
        raise ContenderError(self._last_words())

    def _last_words(self) -> str:
        if self._complaints is None:
            return ""
        self._complaints.seek(0)
        lines = self._complaints.read().strip().splitlines()
        return lines[-1] if lines else "ended without a word"
