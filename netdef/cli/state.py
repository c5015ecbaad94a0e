"""The flags that choose which of a file's layers take part: phase, stages, level."""

from __future__ import annotations

import argparse

from netdef.schema import netdef_pb2 as schema

PHASES = tuple(schema.Phase.keys())


def add_state_flags(parser: argparse.ArgumentParser, default: str) -> None:
    """Add --phase, --stage and --level; ``default`` tells what holds without --phase."""
    parser.add_argument("--phase", type=_phase, metavar="PHASE", help=f"TRAIN or TEST (default: {default})")
    parser.add_argument("--stage", type=_stages, default=[], metavar="A,B", help="stages that hold, e.g. deploy")
    parser.add_argument("--level", type=int, default=0, metavar="N", help="level that layers' rules compare with")


def state(arguments: argparse.Namespace, phase: str) -> schema.NetState:
    """Return what the flags ask for, in ``phase`` where they name none."""
    return schema.NetState(phase=arguments.phase or phase, stage=arguments.stage, level=arguments.level)


def _phase(word: str) -> str:
    if word.upper() not in PHASES:
        raise argparse.ArgumentTypeError(f"{word!r} is no phase, must be one of {', '.join(PHASES)}")
    return word.upper()


def _stages(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]
