"""Windows that slide over the spatial axes: kernel, stride, pad and dilation as Caffe's files may write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netdef.errors import OptionError, ShapeError
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema

OPTION = "convolution_param"


@dataclass(frozen=True)
class Windows:
    """One number for each spatial axis."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    pad: tuple[int, ...]
    dilation: tuple[int, ...]

    def extent(self, axis: int) -> int:
        """Return how far a dilated kernel reaches: dilation·(kernel - 1) + 1."""
        return self.dilation[axis] * (self.kernel[axis] - 1) + 1

    def convolved(self, spatial: Shape) -> Shape:
        """Return floor((length + 2·pad - extent) / stride) + 1 for each axis.

        Raises: ShapeError if a kernel does not fit.
        """
        return tuple(self._convolved(axis, length) for axis, length in enumerate(spatial))

    def _convolved(self, axis: int, length: int | None) -> int | None:
        if length is None:
            return None
        room = length + 2 * self.pad[axis] - self.extent(axis)
        if room < 0:
            size = f"{self.kernel[axis]} (reach {self.extent(axis)})"
            message = f"kernel of {size} does not fit into {length} + 2·{self.pad[axis]} on spatial axis {axis}"
            raise ShapeError(message)
        return room // self.stride[axis] + 1


def read_windows(options: schema.ConvolutionParameter, axes: int) -> Windows:
    """Read the windows of a convolution over ``axes`` spatial axes.

    Raises: OptionError for missing, doubled or impossible numbers.
    """
    kernel = _axis_numbers(options, "kernel_size", ("kernel_h", "kernel_w"), axes, None)
    stride = _axis_numbers(options, "stride", ("stride_h", "stride_w"), axes, 1)
    pad = _axis_numbers(options, "pad", ("pad_h", "pad_w"), axes, 0)
    dilation = _axis_numbers(options, "dilation", None, axes, 1)
    for name, numbers in (("kernel_size", kernel), ("stride", stride), ("dilation", dilation)):
        if 0 in numbers:
            raise OptionError(f"{name} is 0, must be at least 1", path=(OPTION, name))
    return Windows(kernel, stride, pad, dilation)


def _axis_numbers(
    options: schema.ConvolutionParameter, name: str, pair: tuple[str, str] | None, axes: int, default: int | None
) -> tuple[int, ...]:
    given: Sequence[int] = getattr(options, name)
    if pair and any(options.HasField(half) for half in pair):
        return _from_pair(options, name, pair, axes, given)
    if not given and default is not None:
        return (default,) * axes
    if len(given) not in (1, axes):
        message = f"{name} is given {len(given)} times, must be given once or once for each of {axes} spatial axes"
        raise OptionError(message, path=(OPTION, name))
    return tuple(given) if len(given) == axes else (given[0],) * axes


def _from_pair(
    options: schema.ConvolutionParameter, name: str, pair: tuple[str, str], axes: int, given: Sequence[int]
) -> tuple[int, ...]:
    both = f"{pair[0]} and {pair[1]}"
    if given:
        raise OptionError(f"{name} and {both} are both given, must be one or the other", path=(OPTION, name))
    if axes != 2:
        raise OptionError(f"{both} need 2 spatial axes, bottom has {axes}", path=(OPTION, pair[0]))
    if name == "kernel_size" and not all(options.HasField(half) for half in pair):
        raise OptionError(f"{both} must be given together", path=(OPTION, pair[0]))
    return (getattr(options, pair[0]), getattr(options, pair[1]))
