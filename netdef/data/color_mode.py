"""How encoded images are decoded: to the channels they have, to one, or to three."""

from __future__ import annotations

from enum import IntEnum

from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema


class ColorMode(IntEnum):
    """The values are those of OpenCV's flags for imread and imdecode."""

    NATIVE = -1
    GRAY = 0
    COLOR = 1


def color_mode(message: schema.LayerParameter) -> ColorMode:
    """Return how the encoded records of a Data layer are decoded.

    Raises: DataError if both force_color and force_gray are set.
    """
    transform = message.transform_param
    color = transform.force_color or message.data_param.force_encoded_color
    if color and transform.force_gray:
        raise DataError("force_color and force_gray are both set: an image has three channels or one; take one out")
    if color:
        return ColorMode.COLOR
    return ColorMode.GRAY if transform.force_gray else ColorMode.NATIVE
