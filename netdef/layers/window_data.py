"""WindowData: windows of images, some with an object in them and some without, for training detectors."""

from __future__ import annotations

from typing import ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Arity, exactly
from netdef.layers.register import layer
from netdef.layers.shape import Shape
from netdef.layers.source import Source, batch_length, check_mean
from netdef.schema import netdef_pb2 as schema

CROP_MODES = ("warp", "square")
COLORS = 3


@layer("WindowData")
class WindowData(Source):
    """Draw batches of windows: N · (1 - fg_fraction) of them without an object, then the others, stretched to squares.

    Top: windows N×3×S×S, S is crop_size; classes N, 0 where there is no object.
    Raises: OptionError without batch_size, source or crop_size, or for a mean, crop_mode, context_pad or fg_fraction
    that cannot be.
    Source: window_data_layer.cpp; Girshick et al., Rich feature hierarchies (2014), section 2.3 and appendix A.
    """

    tops: ClassVar[Arity] = exactly(2)

    def setup(self) -> None:
        """Read the batch size and check the options."""
        options = self.message.window_data_param
        self.batch_size = batch_length(options.batch_size, "window_data_param")
        if not options.source:
            raise OptionError("has no source, must name a window file", path=("window_data_param",))
        if options.crop_mode not in CROP_MODES:
            message = f'crop_mode is "{options.crop_mode}", must be "warp" or "square"'
            raise OptionError(message, path=("window_data_param", "crop_mode"))
        if not 0 <= options.fg_fraction <= 1:
            message = f"fg_fraction is {options.fg_fraction:g}, must be between 0 and 1"
            raise OptionError(message, path=("window_data_param", "fg_fraction"))
        for field in ("pad", "shorter_side_min", "shorter_side_max", "colour_pca", "reduced_decode"):
            if self.message.transform_param.HasField(field):
                message = f"has {field}, which WindowData does not apply"
                raise OptionError(message, path=("transform_param", field))
        check_mean(self.message.transform_param, COLORS)
        _check_side(self.message.transform_param.crop_size, options)

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shapes of windows and classes, which do not depend on the images."""
        side = self.message.transform_param.crop_size
        return (self.batch_size, COLORS, side, side), (self.batch_size,)


def _check_side(side: int, options: schema.WindowDataParameter) -> None:
    if not side:
        raise OptionError("has no crop_size, must say the side of the windows", path=("transform_param",))
    if 2 * options.context_pad >= side:
        message = f"context_pad is {options.context_pad}, must be less than half of crop_size, which is {side}"
        raise OptionError(message, path=("window_data_param", "context_pad"))
