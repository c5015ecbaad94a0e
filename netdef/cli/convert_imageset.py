"""Make a database of images: from a list file, from one folder a class, or from MNIST's files."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from netdef.cli.counting import Count, counting
from netdef.errors import UsageError

if TYPE_CHECKING:
    from netdef.data.convert import Conversion, ConvertOptions

COMMIT_RECORDS = 1000  # as often as Caffe's tool says how far it is
IMAGE_FLAGS = (
    *("gray", "shuffle", "resize_width", "resize_height", "resize_shorter", "centre_crop"),
    *("check_size", "encoded", "encode_type"),
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add Caffe's flags, and those for images that no list names."""
    parser.usage = (
        "%(prog)s [flags] ROOTFOLDER/ LISTFILE DB\n"
        "       %(prog)s [flags] --folder-per-class DIR DB\n"
        "       %(prog)s --idx DIR --split train|test DB"
    )
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a line of LISTFILE: path below ROOTFOLDER, label")
    parser.add_argument("--folder-per-class", metavar="DIR", help="take the folders of DIR as classes, sorted by name")
    parser.add_argument("--idx", metavar="DIR", help="take MNIST's IDX files in DIR, plain or gzipped")
    parser.add_argument("--split", choices=("train", "test"), help="which of MNIST's two sets (with --idx)")
    parser.add_argument("--backend", default="lmdb", choices=("lmdb", "leveldb"), help="kind of DB (default: lmdb)")
    _add_image_flags(parser)


def _add_image_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gray", action="store_true", help="store one channel")
    parser.add_argument("--shuffle", action="store_true", help="store the images in a random order, always the same")
    parser.add_argument("--resize-width", type=int, default=0, metavar="W", help="scale all images to this width …")
    parser.add_argument("--resize-height", type=int, default=0, metavar="H", help="… and this height, in pixels")
    parser.add_argument("--resize-shorter", type=int, default=0, metavar="N", help="scale all shorter sides to this …")
    parser.add_argument("--centre-crop", type=int, default=0, metavar="N", help="… and cut a square from the middle")
    parser.add_argument("--check-size", action="store_true", help="refuse images of unequal sizes")
    parser.add_argument("--encoded", action="store_true", help="store image files instead of pixels")
    parser.add_argument("--encode-type", default="", metavar="TYPE", help="their format, such as jpg or png")


def run(arguments: argparse.Namespace) -> int:
    """Write the database and say what is in it; images that cannot be read are named and left out.

    Raises: UsageError for flags that do not go together; DataError if no image can be read, or no database written.
    """
    convert = _from_idx if arguments.idx else _from_folders if arguments.folder_per_class else _from_list
    with counting("images", every=COMMIT_RECORDS) as count:
        result = convert(arguments, count)
    skipped = f", {len(result.skipped)} skipped" if result.skipped else ""
    print(f"{arguments.paths[-1]}: {result.written} records{skipped}", file=sys.stderr)
    return 0


def _from_list(arguments: argparse.Namespace, count: Count) -> Conversion:
    from netdef.data.convert import convert_list

    root, listing, database = _paths(arguments, "ROOTFOLDER/", "LISTFILE", "DB")
    return convert_list(listing, root, database, _options(arguments), count)


def _from_folders(arguments: argparse.Namespace, count: Count) -> Conversion:
    from netdef.data.convert import convert_folder

    (database,) = _paths(arguments, "DB")
    return convert_folder(arguments.folder_per_class, database, _options(arguments), count)


def _from_idx(arguments: argparse.Namespace, count: Count) -> Conversion:
    from netdef.data.convert import convert_idx

    (database,) = _paths(arguments, "DB")
    if arguments.folder_per_class or arguments.split is None:
        raise UsageError("--idx DIR goes with --split train or --split test, and not with --folder-per-class")
    if given := [f"--{flag.replace('_', '-')}" for flag in IMAGE_FLAGS if getattr(arguments, flag)]:
        raise UsageError(f"MNIST's images are stored as they are: {', '.join(given)} cannot go with --idx")
    return convert_idx(arguments.idx, arguments.split, database, count, arguments.backend)


def _paths(arguments: argparse.Namespace, *names: str) -> list[str]:
    """Return the words that are no flags, if there are as many as ``names``."""
    paths: list[str] = arguments.paths
    if len(paths) != len(names):
        raise UsageError(f"expected {' '.join(names)}, found {len(paths)}: {' '.join(paths)}")
    return paths


def _options(arguments: argparse.Namespace) -> ConvertOptions:
    from netdef.data.convert import ConvertOptions

    if arguments.split:
        raise UsageError("--split chooses one of MNIST's two sets, and goes with --idx DIR")
    chosen = {flag: getattr(arguments, flag) for flag in IMAGE_FLAGS}
    return ConvertOptions(**chosen, backend=arguments.backend)
