"""MemoryData: batches of an array that the caller sets."""

from __future__ import annotations

from typing import ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Arity, exactly
from netdef.layers.register import layer
from netdef.layers.shape import Shape
from netdef.layers.source import Source, check_mean

LENGTHS = ("batch_size", "channels", "height", "width")


@layer("MemoryData")
class MemoryData(Source):
    """Take batches from arrays in memory, one after the other, and again from the first.

    Top: data N×C×H×W and labels, of the four lengths that the file gives. The labels' shape is N; once arrays are set
    it is theirs, N×1×1×1.
    Raises: OptionError for a length that is missing or 0, for two means or mean values that do not fit the channels.
    Source: memory_data_layer.cpp.
    """

    tops: ClassVar[Arity] = exactly(2)

    def setup(self) -> None:
        """Read the four lengths; check that the mean fits."""
        options = self.message.memory_data_param
        self.batch = (options.batch_size, options.channels, options.height, options.width)
        for name, length in zip(LENGTHS, self.batch, strict=True):
            if not length:
                message = f"{name} is 0, must be at least 1: arrays in memory have no other shape to go by"
                raise OptionError(message, path=("memory_data_param", name))
        check_mean(self.message.transform_param, options.channels)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the batch's shape, and that of its labels."""
        return (self.batch, self.batch[:1])
