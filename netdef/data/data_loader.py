"""Batches of a Data layer: the records of a database, in the order of their keys."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from netdef.data.color_mode import color_mode
from netdef.data.image_loader import ImageLoader, Images
from netdef.data.open_source import open_database
from netdef.schema import netdef_pb2 as schema


def data_loader(message: schema.LayerParameter, phase: int, key: int, folder: str | Path | None) -> ImageLoader:
    """Return the loader of a Data layer; ``rand_skip`` does nothing, as in Caffe since it has several GPUs.

    Raises: DataError if the options contradict one another, or the database or the mean cannot be read.
    """
    options = message.data_param
    images = Images(options.source, partial(open_database, options, folder), color_mode(message))
    sizes = {"batch_size": options.batch_size, "prefetch": options.prefetch}
    return ImageLoader(message, images, **sizes, phase=phase, key=key, folder=folder)
