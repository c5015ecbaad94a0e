"""Find along what the colours of a database vary: what AlexNet's random colour shifts follow."""

from __future__ import annotations

import argparse

from netdef.cli.counting import counting
from netdef.errors import UsageError
from netdef.weights.atomic import replacing

LINE_EVERY = 10000  # as often as compute-image-mean says how far it is


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("database", metavar="DB", help="a database of images")
    parser.add_argument("out", metavar="OUT", nargs="?", help="the file for transform_param { colour_pca { source } }")
    parser.add_argument("--backend", default="lmdb", choices=("lmdb", "leveldb"), help="its kind (default: lmdb)")


def run(arguments: argparse.Namespace) -> int:
    """Print the variances and directions, and write them to OUT if it is given.

    Raises: DataError if the database cannot be read; UsageError if OUT cannot be written.
    """
    from netdef.data.colour_covariance import colour_components
    from netdef.data.colour_pca import describe

    with counting("images", every=LINE_EVERY) as count:
        found = colour_components(arguments.database, backend=arguments.backend, progress=count)
    title = f"Principal components of the colours of {found.images} images: {arguments.database}"
    text = describe(found.variances, found.directions, title)
    if arguments.out:
        with replacing(arguments.out, UsageError) as temporary:
            temporary.write_text(text, "utf-8")
        print(f"Write to {arguments.out}")
    print(text, end="")
    return 0
