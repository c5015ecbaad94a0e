"""What the verbs share that show images to a net: its files, and how pixels become its input."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netdef.data.mean_file import read_mean_file
from netdef.errors import DataError, UsageError
from netdef.pycaffe import mode


def add_net_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that name the net and prepare its input, under Caffe's names and with Caffe's defaults."""
    parser.add_argument("--model-def", required=True, metavar="M", help="deploy form of the model")
    parser.add_argument("--pretrained-model", required=True, metavar="W", help="its weights")
    parser.add_argument("--gpu", action="store_true", help="compute on the GPU")
    parser.add_argument("--mean-file", default="", metavar="F", help="mean to subtract: .npy or .binaryproto")
    parser.add_argument("--input-scale", type=float, help="factor of the input after the mean is subtracted")
    parser.add_argument(
        "--raw-scale", type=float, default=255.0, help="factor of 0…1 pixels before that (default: 255)"
    )
    parser.add_argument(
        "--channel-swap", default="2,1,0", metavar="ORDER", help="order of the channels (default: 2,1,0, RGB to BGR)"
    )


def net_options(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return what Classifier and Detector take beside the files, and choose the device.

    Raises: UsageError for numbers that are none, DataError for a mean file that cannot be read, DeviceError.
    """
    if arguments.gpu:
        mode.set_mode_gpu()
    return {
        "mean": _mean(Path(arguments.mean_file)) if arguments.mean_file else None,
        "input_scale": arguments.input_scale,
        "raw_scale": arguments.raw_scale,
        "channel_swap": numbers(arguments.channel_swap, "--channel-swap") or None,
    }


def _mean(path: Path) -> NDArray[np.float32]:
    """Return a mean image, or the mean of each channel, which a .npy file may hold as well."""
    if path.suffix != ".npy":
        return read_mean_file(path)
    try:
        return np.asarray(np.load(path), np.float32)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error


def numbers(text: str, flag: str) -> list[int]:
    """Split ``256,256``.

    Raises: UsageError.
    """
    try:
        return [int(word) for word in text.split(",") if word]
    except ValueError:
        raise UsageError(f"{flag} is {text!r}, must be whole numbers with commas between") from None


def best(predictions: np.ndarray, labels: list[str], count: int) -> list[str]:
    """Return lines with the likeliest classes of one row of predictions."""
    names = dict(enumerate(labels))
    return [f"{predictions[k]:8.4f}  {names.get(int(k), k)}" for k in np.argsort(-predictions)[:count]]
