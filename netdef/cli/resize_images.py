"""Make images square and of one size: scale the shorter side, cut the longer one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netdef.cli.counting import counting
from netdef.errors import UsageError

SIDE = 256
REPORTED = 1000  # images between two lines that tell how many are done


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the flags of Caffe's resize_and_crop_images.py."""
    parser.add_argument("--input", type=Path, metavar="LIST", help="a list of images (default: all in --input-folder)")
    parser.add_argument("--input-folder", type=Path, default=Path(), metavar="DIR", help="where the images are")
    parser.add_argument("--output-folder", type=Path, required=True, metavar="DIR", help="where to put them")
    parser.add_argument("--output-side-length", type=int, default=SIDE, metavar="N", help=f"pixels (default: {SIDE})")
    parser.add_argument("--num-clients", type=int, metavar="N", help="threads (default: by the number of cores)")
    parser.add_argument("--image-lib", type=str.lower, choices=("opencv",), default="opencv", help="what scales them")


def run(arguments: argparse.Namespace) -> int:
    """Write the images under the names that they have, and say how many; those that cannot be read are named.

    Raises: UsageError for flags that cannot be; DataError if no image can be read, or one not written.
    """
    from netdef.data.square_images import SquareImages, found_names, listed_names

    _check(arguments)
    source, target, side = arguments.input_folder, arguments.output_folder, arguments.output_side_length
    names = listed_names(arguments.input, source) if arguments.input else found_names(source)
    with counting("images", every=REPORTED) as count:
        skipped = SquareImages(source, target, side).make(names, arguments.num_clients, count)
    rest = f", {len(skipped)} skipped" if skipped else ""
    print(f"{target}: {len(names) - len(skipped)} images of {side}×{side} pixels{rest}", file=sys.stderr)
    return 0


def _check(arguments: argparse.Namespace) -> None:
    for flag in ("output_side_length", "num_clients"):
        value = getattr(arguments, flag)
        if value is not None and value < 1:
            raise UsageError(f"--{flag.replace('_', '-')} is {value}, must be at least 1")
    if not arguments.input_folder.is_dir():
        raise UsageError(f"--input-folder {arguments.input_folder}: no such folder")
    if arguments.output_folder.resolve() == arguments.input_folder.resolve():
        raise UsageError(
            f"{arguments.output_folder}: give another --output-folder, or the images would be written over"
        )
