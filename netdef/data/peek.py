"""What the records of a source layer look like, found out without NumPy, OpenCV or torch."""

from __future__ import annotations

from pathlib import Path

from netdef.data.blob_file import read_blob
from netdef.data.color_mode import ColorMode, color_mode
from netdef.data.database_kind import KINDS, holds
from netdef.data.hdf5_header import dataset_shapes
from netdef.data.hdf5_list import read_file_list
from netdef.data.image_header import ImageShape, image_shape
from netdef.data.image_list import find_root, first_image
from netdef.data.open_source import open_database
from netdef.data.paths import resolve
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema
from netdef.schema.blob_shape import blob_shape

RecordShapes = list[tuple[int, ...]]
Options = schema.DataParameter | schema.HDF5DataParameter | schema.ImageDataParameter


def record_shapes(message: schema.LayerParameter, folder: str | Path | None = None) -> RecordShapes | None:
    """Return the shape of a record: (channels, height, width) before the crop, of HDF5Data that of a row for each top.

    It comes from the first record if the source is there, else from ``record_shape``, else from the mean file, else it
    is not known: None. ``folder`` is that of the prototxt.
    Raises: DataError if the source is there, but damaged or of another kind than the layer says.
    """
    if message.type == "Data":
        return _first_datum(message, folder) or _stated(message.data_param) or _mean(message, folder)
    if message.type == "ImageData":
        options = message.image_data_param
        return _first_image(options, folder) or _stated(options) or _mean(message, folder)
    if message.type == "HDF5Data":
        return _first_rows(message, folder) or _stated(message.hdf5_data_param)
    return None


def _stated(options: Options) -> RecordShapes | None:
    return [tuple(shape.dim) for shape in options.record_shape] or None


def _first_datum(message: schema.LayerParameter, folder: str | Path | None) -> RecordShapes | None:
    path = resolve(message.data_param.source, folder)
    if not any(holds(path, backend) for backend in KINDS):
        return None
    source = open_database(message.data_param, folder)
    try:
        datum = source.read(0).datum()
        if not datum.encoded:
            return [(datum.channels, datum.height, datum.width)]
        return _decoded(_shape_of(datum.data), color_mode(message))
    finally:
        source.close()


def _shape_of(content: bytes | memoryview) -> ImageShape | None:
    return image_shape(content) or _shape_by_decoding(content)


def _shape_by_decoding(content: bytes | memoryview) -> ImageShape | None:
    """Measure an image of a format whose header is not read here; this brings OpenCV along."""
    from netdef.data.decode import decode_file

    try:
        image = decode_file(content, ColorMode.NATIVE)
    except DataError:
        return None
    height, width, *channels = image.shape
    return (channels or [1])[0], height, width


def _decoded(shape: ImageShape | None, mode: ColorMode) -> RecordShapes | None:
    if shape is None:
        return None
    channels = {ColorMode.COLOR: 3, ColorMode.GRAY: 1, ColorMode.NATIVE: shape[0]}[mode]
    return [(channels, *shape[1:])]


def _first_image(options: schema.ImageDataParameter, folder: str | Path | None) -> RecordShapes | None:
    mode = ColorMode.COLOR if options.is_color else ColorMode.GRAY
    if options.new_height and options.new_width:
        return _decoded((0, options.new_height, options.new_width), mode)
    source = resolve(options.source, folder)
    if not source.is_file():
        return None
    image = first_image(source)
    image = image._replace(root=find_root(options.root_folder, image.name, folder))
    return _decoded(_shape_of(image.content()), mode) if image.path.is_file() else None


def _mean(message: schema.LayerParameter, folder: str | Path | None) -> RecordShapes | None:
    path = resolve(message.transform_param.mean_file, folder)
    if not path.is_file() or path.suffix == ".npy":
        return None
    return [blob_shape(read_blob(path))[-3:]]


def _first_rows(message: schema.LayerParameter, folder: str | Path | None) -> RecordShapes | None:
    source = resolve(message.hdf5_data_param.source, folder)
    if not source.is_file():
        return None
    first = read_file_list(source, folder)[0]
    if not first.is_file():
        return None
    shapes = dataset_shapes(first, message.top)
    if shapes and all(shapes):
        return [shape[1:] for shape in shapes]
    # A file of another layout, or one with a fault that h5py can name.
    from netdef.data.hdf5_files import row_shapes

    rows = row_shapes(first, tuple(message.top))[1]
    return [rows[name] for name in message.top]
