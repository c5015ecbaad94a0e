"""Average the images of a database: the mean file that training subtracts, and the mean of each channel."""

from __future__ import annotations

import argparse

from netdef.cli.counting import counting
from netdef.errors import UsageError
from netdef.weights.atomic import replacing

LINE_EVERY = 10000  # as often as Caffe's tool says how far it is


def configure(parser: argparse.ArgumentParser) -> None:
    """Add Caffe's flag and arguments."""
    parser.add_argument("database", metavar="DB", help="a database of images of one size")
    parser.add_argument("out", metavar="OUT", nargs="?", help="the mean file to write, e.g. mean.binaryproto")
    parser.add_argument("--backend", default="lmdb", choices=("lmdb", "leveldb"), help="its kind (default: lmdb)")


def run(arguments: argparse.Namespace) -> int:
    """Print the mean of each channel, and write the mean image if OUT is given.

    Raises: DataError if the database cannot be read or its images differ in size; UsageError if OUT cannot be written.
    """
    from netdef.data.mean import compute_image_mean
    from netdef.data.mean_file import write_mean_file

    with counting("images", every=LINE_EVERY) as count:
        mean = compute_image_mean(arguments.database, backend=arguments.backend, progress=count)
    if arguments.out:
        with replacing(arguments.out, UsageError) as temporary:
            write_mean_file(temporary, mean.image)
        print(f"Write to {arguments.out}")
    print(f"Number of channels: {len(mean.channels)}")
    for channel, value in enumerate(mean.channels):
        print(f"mean_value channel [{channel}]: {value:g}")
    return 0
