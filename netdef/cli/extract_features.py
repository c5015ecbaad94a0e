"""Write what a trained net makes of its data to databases: one record a row of a blob."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from netdef.cli.log import LOGGER, TerminalHandler, logging_to
from netdef.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of Caffe's tool, in its order."""
    parser.add_argument("weights", metavar="WEIGHTS", help="the trained net's .caffemodel")
    parser.add_argument("model", metavar="MODEL", help="the model file, with a data layer in phase TEST")
    parser.add_argument("blobs", metavar="BLOB[,BLOB]", help="which blobs to write …")
    parser.add_argument("databases", metavar="DB[,DB]", help="… and the database for each, which must not be there")
    parser.add_argument("batches", type=int, metavar="BATCHES", help="how many batches to run")
    parser.add_argument("backend", metavar="KIND", choices=("lmdb", "leveldb"), help="lmdb or leveldb")
    device = "CPU, or GPU and perhaps the number of one (DEVICE_ID=0); without, a GPU if there is one"
    parser.add_argument("device", nargs="*", default=[], metavar="DEVICE", help=device)


def run(arguments: argparse.Namespace) -> int:
    """Run the batches and write the databases.

    Raises: UsageError for arguments that do not go together; DataError if a database cannot be read or written.
    """
    databases = _databases(arguments.blobs.split(","), arguments.databases.split(","))
    if arguments.batches < 1:
        raise UsageError(f"the number of batches is {arguments.batches}, must be at least 1")
    gpu = _gpu(arguments.device)
    with logging_to(TerminalHandler()):
        _extract(arguments, databases, gpu)
    return 0


def _extract(arguments: argparse.Namespace, databases: dict[str, str], gpu: str | None) -> None:
    import torch

    from netdef.devices import choose_device, describe
    from netdef.inspect.features import extract_features
    from netdef.loading import open_evaluation

    device = torch.device("cpu") if gpu is None else choose_device(gpu)
    LOGGER.info("Using %s", describe(device))
    with open_evaluation(arguments.model, arguments.weights, device=device) as evaluation:
        LOGGER.info("Extracting Features")
        net, feed, count = evaluation.net, evaluation.feed, arguments.batches
        extract_features(net, feed, count, databases, backend=arguments.backend, progress=_tell)
    LOGGER.info("Successfully extracted the features!")


def _tell(blob: str, rows: int) -> None:
    LOGGER.info("Extracted features of %d query images for feature blob %s", rows, blob)


def _databases(blobs: Sequence[str], databases: Sequence[str]) -> dict[str, str]:
    """Pair blobs and databases."""
    if len(blobs) != len(databases):
        raise UsageError(f"{len(blobs)} blobs and {len(databases)} databases: give one database for each blob")
    for names in (blobs, databases):
        if len(set(names)) < len(names):
            raise UsageError(f"{','.join(names)}: one is given twice")
    return dict(zip(blobs, databases, strict=True))


def _gpu(words: Sequence[str]) -> str | None:
    """Return the number of the GPU that the last words name, "" where they do not say, None for the CPU."""
    match [word.upper() for word in words]:
        case []:
            return ""
        case ["CPU", *_]:
            return None
        case ["GPU"]:
            return "0"
        case ["GPU", number]:
            return number.removeprefix("DEVICE_ID=")
    raise UsageError(f'the device is "{" ".join(words)}", must be CPU, or GPU and perhaps a number')
