"""What the world outside may ask of a running solver."""

from __future__ import annotations

from enum import Enum


class Request(Enum):
    """What is asked for between two iterations, or two batches of a test."""

    NONE = "none"
    SNAPSHOT = "snapshot"
    STOP = "stop"


def no_request() -> Request:
    """Ask for nothing."""
    return Request.NONE
