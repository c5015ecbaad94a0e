"""Make the two databases of CIFAR-10, cifar10_train_KIND and cifar10_test_KIND, from its binary files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netdef.cli.counting import counting

DIGITS = 5  # of Caffe's keys
COMMIT_RECORDS = 1000  # as often as it is said how far it is


def configure(parser: argparse.ArgumentParser) -> None:
    """Add Caffe's arguments."""
    parser.add_argument("source", metavar="IN", help="the folder of data_batch_1.bin … and test_batch.bin")
    parser.add_argument("folder", metavar="OUT", help="the folder for the databases")
    parser.add_argument("kind", metavar="KIND", choices=("lmdb", "leveldb"), help="lmdb or leveldb")
    parser.epilog = "Channels are stored as the files have them: red, green, blue."


def run(arguments: argparse.Namespace) -> int:
    """Write both databases and say how many records are in each.

    Raises: DataError if the files or a database cannot be.
    """
    from netdef.data.cifar import FILES, read_cifar10
    from netdef.data.convert_arrays import convert_arrays

    for split in FILES:
        images, labels = read_cifar10(arguments.source, split)
        database = Path(arguments.folder) / f"cifar10_{split}_{arguments.kind}"
        with counting("images", every=COMMIT_RECORDS) as count:
            written = convert_arrays(images, labels, database, count, arguments.kind, DIGITS)
        print(f"{database}: {written} records", file=sys.stderr)
    return 0
