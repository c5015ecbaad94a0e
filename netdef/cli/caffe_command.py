"""The ``caffe`` command: Caffe's own command line, run by netdef's verbs."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from netdef.cli.main import main, title, verbs

COMMANDS = {"train": "train", "test": "test", "time": "time", "device_query": "device-query"}


def caffe(words: Sequence[str]) -> int:
    """Run ``caffe COMMAND [flags]`` and return its exit code; the flags may also come before the command."""
    at = _command_at(words)
    if at is not None:
        return main([COMMANDS[words[at]], *words[:at], *words[at + 1 :]])
    print(_usage(), file=sys.stderr)
    if words:
        print(f"Unknown action: {words[0]}", file=sys.stderr)
    return 1


def _command_at(words: Sequence[str]) -> int | None:
    """Return where the command stands: first, or else behind flags."""
    if words and words[0].startswith("-"):
        return next((at for at, word in enumerate(words) if word in COMMANDS), None)
    return 0 if words and words[0] in COMMANDS else None


def _usage() -> str:
    files = verbs()
    lines = [f"  {command:<14} {title(files[verb])}" for command, verb in COMMANDS.items()]
    return "\n".join(["usage: caffe COMMAND [flags]     caffe COMMAND --help", "", "commands:", *lines])
