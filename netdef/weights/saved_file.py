"""The layers of a weights file made ready to be written in another format; no model is needed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from netdef.errors import WeightsError
from netdef.schema import netdef_pb2 as schema
from netdef.schema.upgrade.v0_names import TYPES as FROM_V0
from netdef.schema.upgrade.v1 import TYPES as FROM_V1
from netdef.weights.contents import Array, LayerWeights, WeightsFile
from netdef.weights.saved_layers import SavedLayer, SavedNet

_AXES = {
    ("InnerProduct", 0): 2,
    ("InnerProduct", 1): 1,
    ("Convolution", 1): 1,
    ("Deconvolution", 1): 1,
}
"""How many axes a blob has today, by layer type and index, of those that old files pad with ones to four."""


@dataclass(frozen=True)
class ArrayBlob:
    """A blob of a weights file, in the shape that it has today; None stands for one that another layer owns."""

    layer: str
    index: int
    array: Array | None

    @property
    def owned(self) -> bool:
        """Whether the file has it."""
        return self.array is not None

    @property
    def bytes(self) -> int:
        """The size of its values in a file."""
        return 0 if self.array is None else self.array.size * _stored(self.array).itemsize

    def values(self) -> Array:
        """Return the values.

        Raises: WeightsError if the file does not have them.
        """
        if self.array is None:
            raise WeightsError(
                f'blob {self.index} of layer "{self.layer}" is not in the file, since another layer owns it: which one'
                " only the model tells\n    give the model: --model M"
            )
        return np.asarray(self.array, _stored(self.array), order="C")

    def diff(self) -> Array:
        """Return the gradient: zeros, since a file that was read has none."""
        return np.zeros_like(self.values())


def saved_file(file: WeightsFile) -> SavedNet:
    """Return a file's layers, in today's form: their names, types and blobs are all that is known of them."""
    return SavedNet(file.name, tuple(map(_layer, file.layers)))


def _layer(source: LayerWeights) -> SavedLayer:
    message = schema.LayerParameter(name=source.name)
    if kind := _todays_type(source.type):
        message.type = kind
    blobs = (
        ArrayBlob(source.name, index, blob if blob is None else _in_todays_shape(blob, kind, index))
        for index, blob in enumerate(source.blobs)
    )
    return SavedLayer(message, tuple(blobs))


def _todays_type(word: str) -> str:
    second = FROM_V0.get(word, word)
    return FROM_V1.get(second, second)


def _in_todays_shape(blob: Array, kind: str, index: int) -> Array:
    axes = _AXES.get((kind, index), blob.ndim)
    return blob.reshape(blob.shape[-axes:]) if math.prod(blob.shape[:-axes]) == 1 else blob


def _stored(array: Array) -> np.dtype[np.generic]:
    return np.dtype(np.float64 if array.dtype == np.float64 else np.float32)
