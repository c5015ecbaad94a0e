"""Batches of an ImageData layer: image files that a list names."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from netdef.data.color_mode import ColorMode
from netdef.data.image_list_source import ImageListSource
from netdef.data.image_loader import ImageLoader, Images
from netdef.schema import netdef_pb2 as schema

PREFETCH = 4  # batches; ImageData has no option for it


def image_data_loader(message: schema.LayerParameter, phase: int, key: int, folder: str | Path | None) -> ImageLoader:
    """Return the loader of an ImageData layer.

    Raises: DataError if the options contradict one another, or the list or the mean cannot be read.
    """
    options = message.image_data_param
    mode = ColorMode.COLOR if options.is_color else ColorMode.GRAY
    size = (options.new_height, options.new_width)
    images = Images(options.source, partial(ImageListSource, options, key, folder), mode, size)
    sizes = {"batch_size": options.batch_size, "prefetch": PREFETCH}
    return ImageLoader(message, images, **sizes, phase=phase, key=key, folder=folder)
