"""From DOT to a picture, by the system's Graphviz or by the one in the pygraphviz wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from netdef.draw.fonts import font_environment
from netdef.errors import UsageError

FORMATS = ("svg", "png", "pdf")
DOTS_PER_INCH = 144
WAY_OUT = "install Graphviz, or pip install pygraphviz, or write the source with -o net.dot"
WHEEL = (sys.executable, "-P", str(Path(__file__).with_name("wheel.py")))


def render(source: str, form: str) -> bytes:
    """Return the picture of DOT ``source`` as ``svg``, ``png`` or ``pdf``.

    Raises: UsageError if neither Graphviz can draw it.
    """
    resolution = [f"-Gdpi={DOTS_PER_INCH}"] if form == "png" else []
    failures: list[str] = []
    for engine in _engines():
        try:
            return _drawn([*engine, f"-T{form}", *resolution], source)
        except (OSError, subprocess.CalledProcessError) as error:
            failures.append(f"{' '.join(engine)}: {_reason(error)}")
    raise UsageError("\n    ".join((f"the picture could not be drawn as {form}:", *failures, WAY_OUT)))


def _drawn(command: Sequence[str], source: str) -> bytes:
    with font_environment() as environment:
        done = subprocess.run(command, input=source.encode(), env=environment, capture_output=True, check=True)
    return done.stdout


def _reason(error: OSError | subprocess.CalledProcessError) -> str:
    said: bytes = error.stderr if isinstance(error, subprocess.CalledProcessError) else b""
    return said.decode(errors="replace").strip() or str(error)


def _engines() -> list[Sequence[str]]:
    """Return the commands to try: both read DOT from their input and write a picture to their output."""
    system = shutil.which("dot")
    return [(system,), WHEEL] if system else [WHEEL]
