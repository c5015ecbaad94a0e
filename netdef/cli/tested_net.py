"""The nets that ``netdef test`` measures, with their test data."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import torch

from netdef.cli.devices_flag import wanted_devices
from netdef.cli.log import LOGGER
from netdef.cli.python_layers import python_layers_allowed
from netdef.data.view import View
from netdef.errors import UsageError
from netdef.loading import Evaluation, open_evaluation


def add_net_flags(parser: argparse.ArgumentParser) -> None:
    """Add --model and --weights, which may be repeated."""
    several = "may be repeated: what the nets say is averaged"
    parser.add_argument("--model", required=True, action="append", metavar="M", help=f"the model file; {several}")
    parser.add_argument(
        "--weights", required=True, action="append", metavar="W", help="its weights, one for each model"
    )


def check_nets(arguments: argparse.Namespace) -> None:
    """Refuse weights that are not one for each model.

    Raises: UsageError.
    """
    models, weights = len(arguments.model), len(arguments.weights)
    if models != weights:
        raise UsageError(f"{models} --model and {weights} --weights: give one --weights for each --model")


def open_tested(
    arguments: argparse.Namespace,
    device: torch.device,
    number: int = 0,
    *,
    once: bool = False,
    views: Sequence[View] = (),
) -> Evaluation:
    """Open one of the nets and its data; with ``once`` each record comes one time, with ``views`` seen in all of them.

    Raises: what ``open_evaluation`` raises.
    """
    evaluation = open_evaluation(
        arguments.model[number],
        arguments.weights[number],
        stages=[stage for stage in arguments.stage.split(",") if stage],
        level=arguments.level,
        device=device,
        devices=wanted_devices(arguments),
        precision=arguments.precision,
        allow_python_layers=python_layers_allowed(arguments),
        once=once,
        views=views,
    )
    if evaluation.loaded and evaluation.loaded.kept:
        kept = ", ".join(f'"{entry.layer}"' for entry in evaluation.loaded.kept)
        LOGGER.warning("%s has no weights for %s: first values are kept", arguments.weights[number], kept)
    return evaluation
