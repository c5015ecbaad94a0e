"""Caffe's messages under their own names: netdef's, which are the same on the wire and in text."""

from netdef.schema.netdef_pb2 import *  # noqa: F403
