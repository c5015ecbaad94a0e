"""Turn a text log of training, Caffe's or netdef's, into two tables: LOG.train and LOG.test."""

from __future__ import annotations

import argparse
from pathlib import Path

from netdef.cli.log_table import LogTable, tables
from netdef.cli.run_folder import TEXT_LOG
from netdef.cli.whole_file import write_whole
from netdef.draw.caffe_log import caffe_entries
from netdef.draw.run_log import read_log
from netdef.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add Caffe's flags."""
    parser.add_argument("log", type=Path, metavar="LOG", help=f"a text log, or a run folder with its {TEXT_LOG}")
    parser.add_argument("folder", type=Path, metavar="DIR", help="where to put the tables")
    parser.add_argument("--delimiter", type=_delimiter, default=",", metavar="C", help="between columns (default: ,)")
    parser.add_argument("--verbose", action="store_true", help="tell what is written")


def run(arguments: argparse.Namespace) -> int:
    """Write the tables, each only if it has rows.

    Raises: UsageError if the log cannot be read or holds no numbers, or the tables cannot be written.
    """
    log = arguments.log / TEXT_LOG if arguments.log.is_dir() else arguments.log
    train, test = tables(caffe_entries(read_log(log)))
    if not train.rows and not test.rows:
        raise UsageError(
            f"{log}: says nothing of iterations; it must be a text log, of lines `I0210 … Iteration 100, …`"
        )
    _write(train, arguments.folder / f"{log.name}.train", arguments)
    _write(test, arguments.folder / f"{log.name}.test", arguments)
    return 0


def _write(table: LogTable, path: Path, arguments: argparse.Namespace) -> None:
    if table.rows:
        write_whole(path, table.csv(arguments.delimiter).encode())
    if arguments.verbose:
        print(f"{path}: {len(table.rows)} rows" if table.rows else f"{path}: not written, it would have no rows")


def _delimiter(word: str) -> str:
    character = "\t" if word == r"\t" else word
    if len(character) != 1:
        raise argparse.ArgumentTypeError(f"{word!r} must be one character")
    return character
