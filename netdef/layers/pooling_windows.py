"""The windows of a pooling layer: a rectangle, its step and its padding, and how many of them an image takes."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from netdef.errors import OptionError, ShapeError
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema

OPTION = "pooling_param"
PLACES = 256  # that a byte can tell apart
Pair = tuple[int, int]


@dataclass(frozen=True)
class PoolingWindows:
    """Numbers for height and width; ``ceil`` lets a last window hang over the edge."""

    kernel: Pair
    stride: Pair = (1, 1)
    pad: Pair = (0, 0)
    ceil: bool = True

    def pooled(self, spatial: Shape) -> Shape:
        """Return how many windows there are on each axis.

        ceil((length + 2·pad - kernel) / stride) + 1, or floor; with padding one less if the last would begin behind the
        image.
        Raises: ShapeError if there is none.
        """
        return tuple(None if length is None else self._number(axis, length) for axis, length in enumerate(spatial))

    def _number(self, axis: int, length: int) -> int:
        kernel, stride, pad = self.kernel[axis], self.stride[axis], self.pad[axis]
        room = length + 2 * pad - kernel
        number = (room + stride - 1 if self.ceil else room) // stride + 1
        # Caffe drops a last window that begins behind the image only where either axis is padded (pooling_layer.cpp)
        if any(self.pad) and (number - 1) * stride >= length + pad:
            number -= 1
        if number < 1:
            name = ("height", "width")[axis]
            raise ShapeError(f"kernel of {kernel} does not fit into {length} + 2·{pad} of the {name}", path=(OPTION,))
        return number

    def overhang(self, height: int, width: int) -> Pair:
        """Return how far the last windows reach beyond the image, below and to the right (negative: stop short)."""
        return self._overhang(0, height), self._overhang(1, width)

    def _overhang(self, axis: int, length: int) -> int:
        last = (self._number(axis, length) - 1) * self.stride[axis] - self.pad[axis]
        return last + self.kernel[axis] - length

    def usual(self, height: int, width: int) -> bool:
        """Tell whether torch's pooling can do it: each window touches the image, none is padded by more than half."""
        return all(
            2 * pad <= kernel and over < kernel
            for pad, kernel, over in zip(self.pad, self.kernel, self.overhang(height, width), strict=True)
        )


def is_small(windows: PoolingWindows) -> bool:
    """Tell whether a byte is enough for the places of a window."""
    return prod(windows.kernel) <= PLACES


def read_pooling_windows(options: schema.PoolingParameter) -> PoolingWindows:
    """Read the windows of a pooling that is not global.

    Raises: OptionError for missing, doubled or impossible numbers.
    """
    kernel = _pair(options, "kernel_size", ("kernel_h", "kernel_w"))
    stride = _pair(options, "stride", ("stride_h", "stride_w"))
    pad = _pair(options, "pad", ("pad_h", "pad_w"))
    for name, numbers in (("kernel_size", kernel), ("stride", stride)):
        if 0 in numbers:
            raise OptionError(f"{name} is {_show(numbers)}, must be at least 1", path=(OPTION, name))
    if any(margin >= side for margin, side in zip(pad, kernel, strict=True)):
        raise OptionError(f"pad is {_show(pad)}, must be less than the kernel, {_show(kernel)}", path=(OPTION, "pad"))
    return PoolingWindows(kernel, stride, pad, options.round_mode == schema.PoolingParameter.CEIL)


def _pair(options: schema.PoolingParameter, whole: str, halves: tuple[str, str]) -> Pair:
    """Read one number for both axes, or one for each."""
    given = [half for half in halves if options.HasField(half)]
    both = " and ".join(halves)
    if given and options.HasField(whole):
        raise OptionError(f"{whole} and {given[0]} are both given, must be one or the other", path=(OPTION, whole))
    if len(given) == 1:
        raise OptionError(f"{given[0]} is given alone, {both} must be given together", path=(OPTION, given[0]))
    if whole == "kernel_size" and not given and not options.HasField(whole):
        raise OptionError(f"has no kernel, must give kernel_size, or {both}, or global_pooling", path=(OPTION,))
    first, second = halves if given else (whole, whole)
    return getattr(options, first), getattr(options, second)


def _show(pair: Pair) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}×{pair[1]}"
