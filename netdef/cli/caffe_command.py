"""The ``caffe`` command: Caffe's own command line, run by netdef's verbs."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from netdef.cli.main import main, title, verbs

USED = {
    "train": {"gpu", "level", "sighup_effect", "sigint_effect", "snapshot", "solver", "stage", "weights"},
    "test": {"gpu", "iterations", "level", "model", "stage", "weights"},
    "time": {"gpu", "iterations", "level", "model", "phase", "stage", "weights"},
    "device_query": {"gpu"},
}
"""Caffe takes all of its flags with every command, and uses these."""
FLAGS = set[str]().union(*USED.values())

COMMANDS = {"train": "train", "test": "test", "time": "time", "device_query": "device-query"}


def caffe(words: Sequence[str]) -> int:
    """Run ``caffe COMMAND [flags]`` and return its exit code; the flags may also come before the command."""
    at = _command_at(words)
    if at is not None:
        return main([COMMANDS[words[at]], *_used(words[at], [*words[:at], *words[at + 1 :]])])
    print(_usage(), file=sys.stderr)
    if words:
        print(f"Unknown action: {words[0]}", file=sys.stderr)
    return 1


def _command_at(words: Sequence[str]) -> int | None:
    """Return where the command stands: first, or else behind flags."""
    if words and words[0].startswith("-"):
        return next((at for at, word in enumerate(words) if word in COMMANDS), None)
    return 0 if words and words[0] in COMMANDS else None


def _used(command: str, words: Sequence[str]) -> Iterator[str]:
    """Leave out those of Caffe's flags that a command has no use for, and say so."""
    rest = iter(words)
    for word in rest:
        name, equals, _ = word.lstrip("-").replace("-", "_").partition("=")
        if not word.startswith("-") or name not in FLAGS - USED[command]:
            yield word
            continue
        if not equals:
            next(rest, None)
        print(f"caffe {command}: -{name} says nothing here", file=sys.stderr)


def _usage() -> str:
    files = verbs()
    lines = [f"  {command:<14} {title(files[verb])}" for command, verb in COMMANDS.items()]
    return "\n".join(["usage: caffe COMMAND [flags]     caffe COMMAND --help", "", "commands:", *lines])
