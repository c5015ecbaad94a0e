"""The flags that say in which numbers and by what means to compute."""

from __future__ import annotations

import argparse

PRECISIONS = ("FP32", "BF16", "FP16")
SWITCHES = ("tf32", "compile", "cuda_graph")


def add_precision_flag(parser: argparse.ArgumentParser, default: str | None = "FP32") -> None:
    """Add --precision; with ``default`` None the solver's file says what holds without it."""
    floats = "numbers to compute in: BF16 and FP16 by autocast, parameters and updates stay float32"
    shown = f"{floats} (default: {default or 'what the solver says'})"
    parser.add_argument("--precision", choices=PRECISIONS, default=default, type=str.upper, help=shown)


def add_speed_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of training, each of which sets the solver's field of its name."""
    add_precision_flag(parser, None)
    parser.add_argument("--tf32", action="store_true", help="let a GPU round float32 factors to 11 bits")
    parser.add_argument("--compile", action="store_true", help="have torch's compiler make code of the whole net")
    parser.add_argument("--cuda-graph", action="store_true", help="have a GPU record an iteration, and replay it")


def speed_settings(arguments: argparse.Namespace) -> list[str]:
    """Return what the flags of training set, as ``--set`` would."""
    precision = [f"solver.precision={arguments.precision}"] if arguments.precision else []
    return precision + [f"solver.{name}=true" for name in SWITCHES if getattr(arguments, name)]
