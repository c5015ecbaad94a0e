"""Which files a source layer names that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from pathlib import Path

from netdef.data.paths import resolve
from netdef.schema import netdef_pb2 as schema

SOURCES = ("data_param", "image_data_param", "hdf5_data_param", "window_data_param")
TRANSFORMS = (("transform_param", "mean_file"), ("transform_param", "colour_pca", "source"))
Missing = tuple[tuple[str, ...], str]


def missing_files(message: schema.LayerParameter, folder: Path) -> Iterator[Missing]:
    """Yield the fields that name a file or database that is not there: the field's path in the layer, and the name."""
    for *blocks, field in (*((name, "source") for name in SOURCES), *TRANSFORMS):
        options = reduce(getattr, blocks, message)
        name = getattr(options, field)
        if name and not resolve(name, folder).exists():
            yield (*blocks, field), name
