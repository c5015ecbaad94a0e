"""Caffe's messages under their own names: netdef's, which are the same on the wire and in text."""

from typing import Any

from netdef.schema import netdef_pb2
from netdef.schema.netdef_pb2 import *  # noqa: F403


def __getattr__(name: str) -> Any:
    """Return what the star leaves out: descriptors, ``_POOLINGPARAMETER_POOLMETHOD``."""
    return getattr(netdef_pb2, name)
