from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from netdef.cli.main import main


class Done(NamedTuple):
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run ``netdef`` with these words."""

    def call(*words: object) -> Done:
        code = main([str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return call
