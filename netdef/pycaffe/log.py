"""The log of pycaffe: lines of the logger ``caffe``, on standard error from the first one on, as Caffe's were."""

from __future__ import annotations

import logging
import os
import sys

LOGGER = logging.getLogger("caffe")
LEAST_LEVEL = "GLOG_minloglevel"
"""The environment's variable by which old scripts keep the log short."""
_LEVELS = (logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)
_FORM = "%(levelname).1s%(asctime)s.%(msecs)03d000 %(process)5d %(filename)s:%(lineno)d] %(message)s"


class _Terminal(logging.Handler):
    """Prints to what is standard error at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        print(self.format(record), file=sys.stderr)


_TERMINAL = _Terminal()


def init_log(level: int = 0, stderr: bool = False) -> None:
    """Print the log to standard error from now on: at ``level`` 0 everything, at 1 warnings, at 2 errors.

    ``stderr`` changes nothing: in Caffe it chose between the terminal and files.
    """
    if _TERMINAL not in LOGGER.handlers:
        _TERMINAL.setFormatter(logging.Formatter(_FORM, "%m%d %H:%M:%S"))
        LOGGER.addHandler(_TERMINAL)
        LOGGER.propagate = False
    LOGGER.setLevel(_LEVELS[max(0, min(level, len(_LEVELS) - 1))])


def log(message: str) -> None:
    """Write a line into the log."""
    if _TERMINAL not in LOGGER.handlers:
        level = os.environ.get(LEAST_LEVEL, "")
        init_log(int(level) if level.isdigit() else 0)
    LOGGER.info("%s", message, stacklevel=2)
