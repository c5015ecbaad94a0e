"""Data: images and labels from an LMDB or LevelDB database."""

from __future__ import annotations

from typing import ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Arity, between
from netdef.layers.register import layer
from netdef.layers.shape import Shape
from netdef.layers.source import Source, batch_length, check_mean, check_reduced_decode, cropped

UNKNOWN_IMAGE: Shape = (None, None, None)


@layer("Data")
class Data(Source):
    """Read batches of records in key order, starting again at the end; crop, mirror, subtract the mean, scale.

    Top: images N×C×H×W (crop_size for H and W if it is set); labels N, if a second top asks for them.
    Raises: OptionError without batch_size or source, if the crop is larger than the records, for two means or mean
    values that do not fit the channels, or for reduced_decode without scaling.
    Source: data_layer.cpp, data_transformer.cpp.
    """

    tops: ClassVar[Arity] = between(1, 2)

    def setup(self) -> None:
        """Read the batch size; check that there is a source, and that images are scaled if decoding counts on it."""
        options = self.message.data_param
        self.batch_size = batch_length(options.batch_size, "data_param")
        if not options.source:
            raise OptionError("has no source, must name a database", path=("data_param",))
        check_reduced_decode(self.message.transform_param)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shapes of images and labels for the shape of a record, C×H×W."""
        record = bottoms[0] if bottoms else UNKNOWN_IMAGE
        check_mean(self.message.transform_param, record[-3])
        image = (self.batch_size, *cropped(record, self.message.transform_param))
        return (image, (self.batch_size,))[: len(self.message.top)]
