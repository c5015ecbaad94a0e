"""Measure a trained net on its test data."""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterable, Mapping
from itertools import repeat
from pathlib import Path

import torch

from netdef.cli.averages import add_view_flags, asks_for_averages, check_averaging, measure_averages
from netdef.cli.devices_flag import add_devices_flag, wanted_devices
from netdef.cli.journal import plain
from netdef.cli.log import LOGGER, TerminalHandler, logging_to
from netdef.cli.python_layers import add_python_flag
from netdef.cli.speed_flags import add_precision_flag
from netdef.cli.tested_net import add_net_flags, check_nets, open_tested
from netdef.cli.whole_set import as_plain, draw, judge, report
from netdef.devices import choose_device, describe_all
from netdef.errors import UsageError
from netdef.inspect.judgement import Judgement
from netdef.inspect.predictions import predict
from netdef.inspect.record_means import record_means
from netdef.inspect.sheet import draw_sheet
from netdef.loading import Evaluation
from netdef.solver.batch import Batch, output_weights, run_batch
from netdef.solver.caffe_lines import elements, measure_line, share
from netdef.solver.debug_info import DebugInfo, watching
from netdef.solver.means import Means, arrays

BATCHES = 50


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    add_net_flags(parser)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--iterations", type=int, metavar="N", help=f"how many batches (default: {BATCHES})")
    length.add_argument("--whole-set", action="store_true", help="each record once, whatever the batch size")
    add_view_flags(parser)
    parser.add_argument("--gpu", default="", metavar="N", help="the GPU to use")
    add_devices_flag(parser)
    add_precision_flag(parser)
    parser.add_argument("--level", type=int, default=0, help="level of the net")
    parser.add_argument("--stage", default="", metavar="A,B", help="stages of the net")
    parser.add_argument("--sheet", default="", metavar="PNG", help="draw test images with what the net says of them")
    add_python_flag(parser)
    parser.add_argument("--confusion", default="", metavar="PNG", help="draw which classes are taken for which …")
    parser.add_argument("--mistakes", default="", metavar="PNG", help="… and the ten surest mistakes, of the whole set")
    parser.add_argument("--json", action="store_true", help="print the means as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Run the batches and print the means of the outputs, and with --whole-set what they do not tell.

    Where there are several views of each image or several nets, print what they say together.

    Raises: UsageError if there is nothing to run, or for pictures that take --whole-set.
    """
    _check(arguments)
    handlers: list[logging.Handler] = [] if arguments.json else [TerminalHandler()]
    with logging_to(*handlers):
        devices = wanted_devices(arguments)
        device = torch.device(devices[0]) if devices else choose_device(arguments.gpu)
        LOGGER.info("Use %s.", describe_all(devices or [device]))
        if asks_for_averages(arguments):
            found = measure_averages(arguments, device)
            if arguments.json:
                print(json.dumps({"whole_set": found}))
            return 0
        with open_tested(arguments, device, once=arguments.whole_set) as evaluation:
            means, judgement = _measure(arguments, evaluation)
        if arguments.sheet:
            _draw_sheet(arguments, device)
        if judgement:
            title = f"{evaluation.net.graph.name}: {Path(arguments.weights[0]).name}"
            draw(judgement, confusion=arguments.confusion, mistakes=arguments.mistakes, title=title)
        if arguments.json:
            print(json.dumps({**plain(means.outputs), **({"whole_set": as_plain(judgement)} if judgement else {})}))
            return 0
        _log_means(means, output_weights(evaluation.net))
        for line in report(judgement) if judgement else ():
            LOGGER.info("%s", line)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    check_nets(arguments)
    if arguments.iterations is not None and arguments.iterations < 1:
        raise UsageError(f"--iterations is {arguments.iterations}, must be at least 1")
    if asks_for_averages(arguments):
        check_averaging(arguments)
    elif (arguments.confusion or arguments.mistakes) and not arguments.whole_set:
        raise UsageError("--confusion and --mistakes show what the net does with all records: give --whole-set, too")


def _measure(arguments: argparse.Namespace, evaluation: Evaluation) -> tuple[Means, Judgement | None]:
    """Return the means over the batches, a smaller one counting less, and a judgement of the whole set."""
    net, means = evaluation.net, Means()
    judgement = None
    debug_info = DebugInfo(net) if net.graph.debug_info else None
    if arguments.whole_set:
        judgement = judge(net.graph, needed=bool(arguments.confusion or arguments.mistakes))
    for number, batch in enumerate(_batches(arguments, evaluation)):
        with torch.no_grad(), watching(debug_info):
            result, rows = run_batch(net, batch, number, keep=judgement.blobs if judgement else ())
            for measure in debug_info.forward().measures if debug_info else ():
                LOGGER.info("%s", measure_line(measure))
        outputs = record_means(net.graph, result) if arguments.whole_set else result
        means.add(outputs, rows or 1)
        if judgement:
            judgement.add(result.blobs, next(iter(batch.ordinals.values())))
        for name, value in elements(arrays(outputs.blobs)):
            LOGGER.info("Batch %d, %s = %g", number, name, value)
    return means, judgement


def _batches(arguments: argparse.Namespace, evaluation: Evaluation) -> Iterable[Batch]:
    if arguments.whole_set:
        LOGGER.info("Running through the whole set.")
        return evaluation.feed
    LOGGER.info("Running for %d iterations.", arguments.iterations or BATCHES)
    return (evaluation.feed.next() for _ in repeat(None, arguments.iterations or BATCHES))


def _log_means(means: Means, weights: Mapping[str, float]) -> None:
    LOGGER.info("Loss: %g", means.loss)
    for name, value in elements(means.outputs):
        LOGGER.info("%s = %g%s", name, value, share(weights.get(name, 0.0), value))


def _draw_sheet(arguments: argparse.Namespace, device: torch.device) -> None:
    with open_tested(arguments, device) as evaluation:
        batches = _batches_once(evaluation)
        if not arguments.whole_set:
            batches = min(batches, arguments.iterations or BATCHES)
        predictions = predict(evaluation.net, evaluation.feed, batches)
    title = f"{evaluation.net.graph.name}: {Path(arguments.weights[0]).name}"
    draw_sheet(predictions, arguments.sheet, title=title)
    LOGGER.info("Test images and predictions: %s", arguments.sheet)


def _batches_once(evaluation: Evaluation) -> int:
    """Return how many batches show no record twice, at least one."""
    source = evaluation.net.graph.sources[0]
    shape = source.tops[0].shape
    length = shape[0] if shape else None
    return max(1, evaluation.feed.record_counts()[source.name] // (length or 1))
