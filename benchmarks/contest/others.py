"""The environment of the engines that netdef does not need: ONNX Runtime and OpenCV 4."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "requirements.txt"
ENGINES = ("ONNX Runtime", "OpenCV dnn")


def install(folder: Path) -> dict[str, str]:
    """Return the interpreter of each of these engines, made anew if need be; none if they cannot be installed.

    The environment sees our own packages behind its own.
    """
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        own = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
        (own / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
        if reason := _failure([str(python), "-m", "pip", "install", "--quiet", "-r", str(REQUIREMENTS)]):
            print(f"No {' and no '.join(ENGINES)}: they could not be installed ({reason})", file=sys.stderr)
            return {}
        (folder / "installed").touch()
    return dict.fromkeys(ENGINES, str(python))


def _failure(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stderr.strip().splitlines() or ["no reason given"])[-1] if done.returncode else ""
