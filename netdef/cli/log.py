"""The text log, in the form of Caffe's: ``I1121 22:41:01.123456  4711 train.py:57] message``."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

LOGGER = logging.getLogger("netdef.run")


class CaffeFormatter(logging.Formatter):
    """Puts severity, date, time, process and place before each message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        time = datetime.fromtimestamp(record.created)
        head = f"{record.levelname[0]}{time:%m%d %H:%M:%S.%f} {record.process:5d} {record.filename}:{record.lineno}] "
        return "\n".join(head + line for line in record.getMessage().splitlines())


class TerminalHandler(logging.Handler):
    """Prints to what is standard error at that moment: a progress bar takes its place, to stay below the lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line of a record."""
        print(self.format(record), file=sys.stderr)


@contextmanager
def logging_to(*handlers: logging.Handler) -> Iterator[None]:
    """Send the log to these handlers while the block runs."""
    for handler in handlers:
        handler.setFormatter(CaffeFormatter())
        LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False
    try:
        yield
    finally:
        for handler in handlers:
            LOGGER.removeHandler(handler)
            handler.close()


def file_handler(path: Path) -> logging.Handler:
    """Return a handler that appends to ``path``, whose folder is made if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return logging.FileHandler(path, encoding="utf-8")
