"""Say what images show, with a trained net."""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from netdef.cli.image_net import add_net_flags, best, net_options, numbers
from netdef.errors import DataError, UsageError
from netdef.pycaffe.classifier import Classifier
from netdef.pycaffe.images import load_image


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("input_file", help="an image, a folder of images, or a .npy array N×H×W×K of 0…1")
    parser.add_argument("output_file", nargs="?", default="", help="where the predictions go, N×classes: a .npy file")
    add_net_flags(parser)
    parser.add_argument("--center-only", action="store_true", help="look at the middle alone, not at ten crops")
    parser.add_argument("--images-dim", default="256,256", help="height and width before cropping (default: 256,256)")
    parser.add_argument("--ext", default="jpg", help="which files of a folder are images (default: jpg)")
    parser.add_argument("--labels", default="", metavar="F", help="names of the classes, one a line")
    parser.add_argument("--top", type=int, default=5, help="how many classes to print for each image (default: 5)")


def run(arguments: argparse.Namespace) -> int:
    """Classify all images; print the likeliest classes and save the predictions."""
    size = numbers(arguments.images_dim, "--images-dim")
    if len(size) != 2:
        raise UsageError(f"--images-dim is {arguments.images_dim!r}, must be height,width")
    classifier = Classifier(arguments.model_def, arguments.pretrained_model, image_dims=size, **net_options(arguments))
    names, images = _images(Path(arguments.input_file), arguments.ext)
    labels = _lines(arguments.labels) if arguments.labels else []
    print(f"Classifying {len(images)} inputs.")
    start = perf_counter()
    predictions = classifier.predict(images, oversample=not arguments.center_only)
    print(f"Done in {perf_counter() - start:.2f} s.")
    for name, row in zip(names, predictions, strict=True):
        print("\n".join([name, *(f"  {line}" for line in best(row, labels, arguments.top))]))
    if arguments.output_file:
        _save(Path(arguments.output_file), predictions)
    return 0


def _images(path: Path, ending: str) -> tuple[list[str], list[NDArray[np.float32]]]:
    """Return the names and pixels of the images at a path.

    Raises: DataError if there are none, or one cannot be read.
    """
    if path.suffix == ".npy":
        array = np.load(path)
        return [f"{path.name}[{number}]" for number in range(len(array))], list(array)
    files = sorted(path.glob(f"*.{ending}")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{path}: no file ends in .{ending}; --ext names another ending")
    return [str(file) for file in files], [load_image(str(file)) for file in files]


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read: {error}") from error


def _save(path: Path, predictions: NDArray[np.float32]) -> None:
    try:
        with path.open("wb") as file:
            np.save(file, predictions)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    print(f"Saved in {path}.")
