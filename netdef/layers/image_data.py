"""ImageData: images and labels from files that a list names."""

from __future__ import annotations

from typing import ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Arity, exactly
from netdef.layers.register import layer
from netdef.layers.shape import Shape
from netdef.layers.source import Source, batch_length, check_mean, check_reduced_decode, cropped


@layer("ImageData")
class ImageData(Source):
    """Read batches of image files, in the list's order or one drawn for each pass; resize them and transform them.

    Top: images N×C×H×W, C is 3 or, without is_color, 1 (crop_size for H and W if it is set); labels N.
    Raises: OptionError without a source, with only one of new_height and new_width, if the crop is larger than the
    images, for two means or mean values that do not fit the channels, or for reduced_decode without scaling.
    Source: image_data_layer.cpp, data_transformer.cpp.
    """

    tops: ClassVar[Arity] = exactly(2)

    def setup(self) -> None:
        """Read the batch size; check that there is a source and whether images are resized."""
        options = self.message.image_data_param
        self.batch_size = batch_length(options.batch_size, "image_data_param")
        if not options.source:
            raise OptionError("has no source, must name a list of image files", path=("image_data_param",))
        if bool(options.new_height) != bool(options.new_width):
            given, other = ("new_height", "new_width") if options.new_height else ("new_width", "new_height")
            message = f"{given} is {getattr(options, given)}, but {other} is not set: give both or neither"
            raise OptionError(message, path=("image_data_param", given))
        check_reduced_decode(self.message.transform_param, resized=bool(options.new_height))

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shapes of images and labels for the shape of a record, C×H×W."""
        options = self.message.image_data_param
        unread: Shape = (3 if options.is_color else 1, options.new_height or None, options.new_width or None)
        record = bottoms[0] if bottoms else unread
        check_mean(self.message.transform_param, record[-3])
        return (self.batch_size, *cropped(record, self.message.transform_param)), (self.batch_size,)
