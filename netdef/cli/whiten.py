"""Whiten databases of small images, as NIN's paper does: equal contrast, no correlations between pixels (ZCA)."""

from __future__ import annotations

import argparse
from functools import partial

from netdef.cli.counting import counting
from netdef.cli.positive import above_zero
from netdef.errors import UsageError

LINE_EVERY = 10000  # as often as compute-image-mean says how far it is


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    words = "two or more: one to read, one to write, and so on; from the first all the numbers are learned"
    parser.add_argument("databases", metavar="DB", nargs="+", help=words)
    parser.add_argument("--norm", type=above_zero, default=55.0, help="Euclidean norm of each image (default: 55)")
    parser.add_argument(
        "--bias", type=above_zero, default=0.1, help="added to all variances, so that noise stays small (default: 0.1)"
    )
    parser.add_argument("--backend", default="lmdb", choices=("lmdb", "leveldb"), help="their kind (default: lmdb)")


def run(arguments: argparse.Namespace) -> int:
    """Learn from the first database and write all.

    Raises: UsageError for an odd number of databases; DataError if one cannot be read or written.
    """
    sources, targets = arguments.databases[::2], arguments.databases[1::2]
    if len(sources) != len(targets):
        raise UsageError(
            f"{len(arguments.databases)} databases: each that is read needs one to write\n"
            "    netdef whiten train_lmdb train_white_lmdb test_lmdb test_white_lmdb"
        )
    from netdef.data.whiten import learn_whitening, whiten

    with counting("images learned from", every=LINE_EVERY) as count:
        learn = partial(learn_whitening, norm=arguments.norm, bias=arguments.bias, backend=arguments.backend)
        whitening = learn(sources[0], progress=count)
    for source, target in zip(sources, targets, strict=True):
        with counting("images whitened", every=LINE_EVERY) as count:
            shape = whiten(source, target, whitening, backend=arguments.backend, progress=count)
        print(f"Write to {target}: {'×'.join(map(str, shape))} floats an image")
    return 0
