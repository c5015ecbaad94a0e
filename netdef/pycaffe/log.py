"""The log of pycaffe: lines of the logger ``caffe``."""

from __future__ import annotations

import logging
import sys

LOGGER = logging.getLogger("caffe")
_LEVELS = (logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL)


def init_log(level: int = 0, stderr: bool = False) -> None:
    """Print the log to standard error from now on: ``level`` 0 is everything, 1 warnings, 2 errors.

    ``stderr`` changes nothing: in Caffe it chose between the terminal and files.
    """
    if not LOGGER.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(levelname).1s%(asctime)s %(message)s", "%m%d %H:%M:%S"))
        LOGGER.addHandler(handler)
    LOGGER.setLevel(_LEVELS[min(level, len(_LEVELS) - 1)])


def log(message: str) -> None:
    """Write a line into the log."""
    LOGGER.info("%s", message)
