"""Make a database of MNIST's images, or of pairs of them for a siamese net, from two IDX files."""

from __future__ import annotations

import argparse
import sys

from netdef.cli.counting import counting

COMMIT_RECORDS = 1000  # as often as it is said how far it is


def configure(parser: argparse.ArgumentParser) -> None:
    """Add Caffe's arguments and flag, and that for pairs."""
    parser.add_argument("images", metavar="IMAGES", help="e.g. train-images-idx3-ubyte, plain or gzipped")
    parser.add_argument("labels", metavar="LABELS", help="e.g. train-labels-idx1-ubyte")
    parser.add_argument("database", metavar="DB", help="the database to make")
    parser.add_argument("--backend", default="lmdb", choices=("lmdb", "leveldb"), help="its kind (default: lmdb)")
    what = "pairs drawn at random, in two channels; their label is 1 where both show one digit, else 0"
    parser.add_argument("--pairs", action="store_true", help=what)


def run(arguments: argparse.Namespace) -> int:
    """Write the database and say how many records are in it.

    Raises: DataError if the files or the database cannot be.
    """
    from netdef.data.convert_arrays import convert_arrays, pairs
    from netdef.data.idx import read_idx_files
    from netdef.data.random import make_key

    images, labels = read_idx_files(arguments.images, arguments.labels)
    images = images[:, None]
    if arguments.pairs:
        images, labels = pairs(images, labels, make_key("pairs"))
    with counting("images", every=COMMIT_RECORDS) as count:
        written = convert_arrays(images, labels, arguments.database, count, arguments.backend)
    print(f"{arguments.database}: {written} records", file=sys.stderr)
    return 0
