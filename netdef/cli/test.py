"""Measure a trained net on its test data."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterable
from itertools import repeat
from pathlib import Path

import torch

from netdef.cli.caffe_lines import elements, share
from netdef.cli.journal import plain
from netdef.cli.log import LOGGER, TerminalHandler, logging_to
from netdef.cli.whole_set import whole_set
from netdef.devices import choose_device, describe
from netdef.errors import UsageError
from netdef.inspect.predictions import predict
from netdef.inspect.sheet import draw_sheet
from netdef.loading import Evaluation, open_evaluation
from netdef.solver.loop import Batch, output_weights, run_batch
from netdef.solver.means import Means, arrays


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--model", required=True, metavar="M", help="the model file")
    parser.add_argument("--weights", required=True, metavar="W", help="its weights")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--iterations", type=int, default=50, metavar="N", help="how many batches (default: 50)")
    length.add_argument("--whole-set", action="store_true", help="each record once, whatever the batch size")
    parser.add_argument("--gpu", default="", metavar="N", help="the GPU to use")
    parser.add_argument("--level", type=int, default=0, help="level of the net")
    parser.add_argument("--stage", default="", metavar="A,B", help="stages of the net")
    parser.add_argument("--sheet", default="", metavar="PNG", help="draw test images with what the net says of them")
    parser.add_argument("--json", action="store_true", help="print the means as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Run the batches and print the means of the outputs.

    Raises: UsageError if there is nothing to run.
    """
    if arguments.iterations < 1:
        raise UsageError(f"--iterations is {arguments.iterations}, must be at least 1")
    handlers: list[logging.Handler] = [] if arguments.json else [TerminalHandler()]
    with logging_to(*handlers):
        device = choose_device(arguments.gpu)
        LOGGER.info("Use %s.", describe(device))
        means, weights = _measure(arguments, device)
        if arguments.sheet:
            _draw_sheet(arguments, device)
        if arguments.json:
            print(json.dumps(plain(means.outputs)))
            return 0
        LOGGER.info("Loss: %g", means.loss)
        for name, value in elements(means.outputs):
            LOGGER.info("%s = %g%s", name, value, share(weights.get(name, 0.0), value))
    return 0


def _measure(arguments: argparse.Namespace, device: torch.device) -> tuple[Means, dict[str, float]]:
    """Return the means over the batches, a cut one counting less, and the loss weights of the outputs."""
    means = Means()
    with _open(arguments, device) as evaluation:
        for number, batch in enumerate(_batches(arguments, evaluation)):
            with torch.no_grad():
                result, rows = run_batch(evaluation.net, batch, number)
            means.add(result, rows or 1)
            for name, value in elements(arrays(result.blobs)):
                LOGGER.info("Batch %d, %s = %g", number, name, value)
        return means, output_weights(evaluation.net)


def _batches(arguments: argparse.Namespace, evaluation: Evaluation) -> Iterable[Batch]:
    if arguments.whole_set:
        LOGGER.info("Running through the whole set.")
        return whole_set(evaluation.feed)
    LOGGER.info("Running for %d iterations.", arguments.iterations)
    return (evaluation.feed.next() for _ in repeat(None, arguments.iterations))


def _draw_sheet(arguments: argparse.Namespace, device: torch.device) -> None:
    with _open(arguments, device) as evaluation:
        batches = _batches_once(evaluation)
        if not arguments.whole_set:
            batches = min(batches, arguments.iterations)
        predictions = predict(evaluation.net, evaluation.feed, batches)
    title = f"{evaluation.net.graph.name}: {Path(arguments.weights).name}"
    draw_sheet(predictions, arguments.sheet, title=title)
    LOGGER.info("Test images and predictions: %s", arguments.sheet)


def _batches_once(evaluation: Evaluation) -> int:
    """Return how many batches show no record twice, at least one."""
    source = evaluation.net.graph.sources[0]
    shape = source.tops[0].shape
    length = shape[0] if shape else None
    return max(1, evaluation.feed.record_counts()[source.name] // (length or 1))


def _open(arguments: argparse.Namespace, device: torch.device) -> Evaluation:
    stages = [stage for stage in arguments.stage.split(",") if stage]
    return open_evaluation(arguments.model, arguments.weights, stages=stages, level=arguments.level, device=device)
