"""Measure a trained net on its test data."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from netdef.cli.journal import plain
from netdef.cli.log import LOGGER, TerminalHandler, logging_to
from netdef.devices import choose_device, describe
from netdef.inspect.predictions import predict
from netdef.inspect.sheet import draw_sheet
from netdef.loading import Evaluation, open_evaluation
from netdef.solver.loop import output_weights, run_batch

Totals = dict[str, NDArray[np.float64]]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("--model", required=True, metavar="M", help="the model file")
    parser.add_argument("--weights", required=True, metavar="W", help="its weights")
    parser.add_argument("--iterations", type=int, default=50, metavar="N", help="how many batches (default: 50)")
    parser.add_argument("--gpu", default="", metavar="N", help="the GPU to use")
    parser.add_argument("--level", type=int, default=0, help="level of the net")
    parser.add_argument("--stage", default="", metavar="A,B", help="stages of the net")
    parser.add_argument("--sheet", default="", metavar="PNG", help="draw test images with what the net says of them")
    parser.add_argument("--json", action="store_true", help="print the means as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Run the batches and print the means of the outputs."""
    handlers: list[logging.Handler] = [] if arguments.json else [TerminalHandler()]
    with logging_to(*handlers):
        device = choose_device(arguments.gpu)
        LOGGER.info("Use %s.", describe(device))
        means, weights, loss = _measure(arguments, device)
        if arguments.sheet:
            _draw_sheet(arguments, device)
        if arguments.json:
            print(json.dumps(plain(means)))
            return 0
        LOGGER.info("Loss: %g", loss)
        for name, value in _elements(means):
            weight = weights.get(name, 0.0)
            share = f" (* {weight:g} = {weight * value:g} loss)" if weight else ""
            LOGGER.info("%s = %g%s", name, value, share)
    return 0


def _measure(arguments: argparse.Namespace, device: torch.device) -> tuple[Totals, dict[str, float], float]:
    totals: Totals = {}
    loss = 0.0
    with _open(arguments, device) as evaluation:
        LOGGER.info("Running for %d iterations.", arguments.iterations)
        for number in range(arguments.iterations):
            with torch.no_grad():
                result, _ = run_batch(evaluation.net, evaluation.feed.next(), number)
            loss += result.loss.item() / arguments.iterations
            for name, tensor in result.blobs.items():
                values = tensor.double().cpu().numpy()
                totals[name] = totals.get(name, np.float64(0.0)) + values / arguments.iterations
                for element in values.flat:
                    LOGGER.info("Batch %d, %s = %g", number, name, element)
        return totals, output_weights(evaluation.net), loss


def _draw_sheet(arguments: argparse.Namespace, device: torch.device) -> None:
    with _open(arguments, device) as evaluation:
        batches = min(arguments.iterations, _batches_once(evaluation))
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


def _elements(arrays: Mapping[str, NDArray[np.float64]]) -> list[tuple[str, float]]:
    return [(name, float(value)) for name, array in arrays.items() for value in array.flat]
