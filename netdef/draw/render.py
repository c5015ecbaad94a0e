"""From DOT to a picture, by the system's Graphviz or by the one in the pygraphviz wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence

from netdef.errors import UsageError

FORMATS = ("svg", "png", "pdf")
DOTS_PER_INCH = 144
WAY_OUT = "install Graphviz, or pip install pygraphviz, or write the source with -o net.dot"
WHEEL = (sys.executable, "-m", "netdef.draw.wheel")


def render(source: str, form: str) -> bytes:
    """Return the picture of DOT ``source`` as ``svg``, ``png`` or ``pdf``.

    Raises: UsageError if neither Graphviz can draw it.
    """
    resolution = [f"-Gdpi={DOTS_PER_INCH}"] if form == "png" else []
    failures: list[str] = []
    for engine in _engines():
        command = [*engine, f"-T{form}", *resolution]
        done = subprocess.run(command, input=source.encode(), capture_output=True, check=False)
        if done.returncode == 0 and done.stdout:
            return done.stdout
        failures.append(f"{' '.join(engine)}: {done.stderr.decode(errors='replace').strip() or 'gave nothing'}")
    raise UsageError("\n    ".join((f"the picture could not be drawn as {form}:", *failures, WAY_OUT)))


def _engines() -> list[Sequence[str]]:
    """Return the commands to try: both read DOT from their input and write a picture to their output."""
    system = shutil.which("dot")
    return [(system,), WHEEL] if system else [WHEEL]
