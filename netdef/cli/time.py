"""Time a net on random input, as a whole and layer by layer; no database is needed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from statistics import fmean, median
from typing import TYPE_CHECKING

from netdef.cli.positive import positive
from netdef.cli.python_layers import add_python_flag, python_layers_allowed
from netdef.cli.speed_flags import add_precision_flag
from netdef.cli.state import add_state_flags
from netdef.cli.whole_file import write_whole

if TYPE_CHECKING:
    from netdef.cli.iteration_time import IterationTime, Precision
    from netdef.cli.layer_time import LayerTime
    from netdef.net import Net

LAYER_PASSES = 10  # at most: more would tell no more of a single layer
NAME_WIDTH = 10  # as in Caffe's lines


def configure(parser: argparse.ArgumentParser) -> None:
    """Add Caffe's flags, and --batch, --precision, --json and --trace."""
    parser.add_argument("--model", required=True, metavar="M", help="the model file")
    parser.add_argument("--weights", metavar="W", help="weights to load first")
    parser.add_argument("--iterations", type=positive, default=50, metavar="N", help="how many (default: 50)")
    parser.add_argument("--batch", type=positive, metavar="B", help="first axis of every input (default: the file's)")
    parser.add_argument("--gpu", default="", metavar="N", help="the GPU to use")
    add_precision_flag(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of lines")
    add_python_flag(parser)
    parser.add_argument("--trace", metavar="FILE", help="write one pass for trace viewers, such as ui.perfetto.dev")
    add_state_flags(parser, "TRAIN")


def run(arguments: argparse.Namespace) -> int:
    """Print how long forward, backward and update take, and each layer.

    Raises: DefinitionError for the file's errors, UsageError if a shape is not known or the trace cannot be written,
    WeightsError, DeviceError.
    """
    from netdef.cli.iteration_time import time_iterations
    from netdef.cli.layer_time import time_layers
    from netdef.cli.random_inputs import random_inputs
    from netdef.cli.trace import trace

    net = _net(arguments)
    inputs = random_inputs(net.graph, arguments.batch, net.device)
    precision = _precision(net, arguments.precision)
    times = time_iterations(net, inputs, arguments.iterations, precision)
    passes = min(arguments.iterations, LAYER_PASSES)
    if arguments.json:
        print(json.dumps(_as_object(list(times), time_layers(net, inputs, passes, precision))))
    else:
        done = _print_iterations(net, times, arguments)
        _print_layers(time_layers(net, inputs, passes, precision), passes)
        _print_totals(done)
    if arguments.trace:
        write_whole(arguments.trace, trace(net, inputs, precision))
    return 0


def _net(arguments: argparse.Namespace) -> Net:
    from netdef.devices import choose_device
    from netdef.loading import load

    phase, stages, level = arguments.phase or "TRAIN", arguments.stage, arguments.level
    device = choose_device(arguments.gpu)
    allowed = python_layers_allowed(arguments)
    return load(
        arguments.model,
        arguments.weights,
        phase=phase,
        stages=stages,
        level=level,
        device=device,
        precision=arguments.precision,
        weights_stay=True,
        allow_python_layers=allowed,
    )


def _precision(net: Net, name: str) -> Precision:
    """Return the context in which the whole net computes, for its layers alone."""
    from netdef.module import precision

    return partial(precision.casting, precision.Precision(name), net.device)


def _as_object(times: Sequence[IterationTime], layers: Iterable[LayerTime]) -> dict[str, object]:
    return {
        "forward_ms": _rounded(median(time.forward for time in times)),
        "backward_ms": _rounded(median(time.backward for time in times)),
        "update_ms": _rounded(median(time.update for time in times)),
        "total_ms": _rounded(median(time.total for time in times)),
        "layers": [
            {"name": layer.name, "forward_ms": _rounded(layer.forward), "backward_ms": _rounded(layer.backward)}
            for layer in layers
        ],
    }


def _rounded(milliseconds: float) -> float:
    return round(milliseconds, 4)  # to a tenth of a microsecond, finer than any clock here


def _print_iterations(net: Net, times: Iterator[IterationTime], arguments: argparse.Namespace) -> list[IterationTime]:
    """Print each time as soon as it is there."""
    from netdef.devices import describe

    print(f"Use {describe(net.device)}.")
    if arguments.precision != "FP32":
        print(f"Precision: {arguments.precision} by autocast; parameters, gradients and updates are float32.")
    print("*** Benchmark begins ***")
    print(f"Testing for {arguments.iterations} iterations.")
    done: list[IterationTime] = []
    for number, time in enumerate(times, start=1):
        done.append(time)
        print(f"Iteration: {number} forward-backward time: {time.forward + time.backward:.4g} ms.", flush=True)
    return done


def _print_layers(layers: Iterable[LayerTime], passes: int) -> None:
    print(f"Median time per layer, each by itself, of {passes} passes:")
    for layer in layers:
        print(f"{layer.name:>{NAME_WIDTH}}\tforward: {layer.forward:.4g} ms.")
        print(f"{layer.name:>{NAME_WIDTH}}\tbackward: {layer.backward:.4g} ms.")


def _print_totals(times: Sequence[IterationTime]) -> None:
    """Print Caffe's averages, each with the median, which a single slow iteration does not move."""
    for what, values in {
        "Forward pass": [time.forward for time in times],
        "Backward pass": [time.backward for time in times],
        "Forward-Backward": [time.forward + time.backward for time in times],
        "Update": [time.update for time in times],
        "Iteration": [time.total for time in times],
    }.items():
        print(f"Average {what}: {fmean(values):.4g} ms. (median {median(values):.4g} ms)")
    print(f"Total Time: {sum(time.total for time in times):.4g} ms.")
    print("*** Benchmark ends ***")
