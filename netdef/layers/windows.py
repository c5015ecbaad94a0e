"""Windows that slide over the spatial axes: kernel, stride, pad and dilation as Caffe's files may write them."""

from __future__ import annotations

from dataclasses import dataclass, field

from netdef.errors import OptionError, ShapeError
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema

OPTION = "convolution_param"


@dataclass(frozen=True)
class Windows:
    """One number for each spatial axis; ``extents`` tell how far dilated kernels reach: dilation·(kernel - 1) + 1."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    pad: tuple[int, ...]
    dilation: tuple[int, ...]
    extents: tuple[int, ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        reaches = (dilation * (kernel - 1) + 1 for kernel, dilation in zip(self.kernel, self.dilation, strict=True))
        object.__setattr__(self, "extents", tuple(reaches))

    def are_plain(self) -> bool:
        """Tell whether they are of two axes, square, step by step, without holes, padded alike."""
        square = len(self.kernel) == 2 and len(set(self.kernel)) == len(set(self.pad)) == 1
        return square and self.stride == self.dilation == (1, 1)

    def lack(self, axis: int, length: int) -> int:
        """Return by how much a padded axis is shorter than a kernel's reach: zeros stand for what is not there."""
        return max(0, self.extents[axis] - length - 2 * self.pad[axis])

    def convolved(self, spatial: Shape) -> Shape:
        """Return floor((length + 2·pad - extent) / stride) + 1 for each axis, 1 where less than a stride is lacking.

        Raises: ShapeError if a kernel does not fit.
        """
        return tuple(self._convolved(axis, length) for axis, length in enumerate(spatial))

    def _convolved(self, axis: int, length: int | None) -> int | None:
        if length is None:
            return None
        # Caffe's division rounds towards 0 (conv_layer.cpp)
        if self.lack(axis, length) >= self.stride[axis]:
            size = f"{self.kernel[axis]} (reach {self.extents[axis]})"
            message = f"kernel of {size} does not fit into {length} + 2·{self.pad[axis]} on spatial axis {axis}"
            raise ShapeError(message, path=(OPTION, "kernel_size", 0))
        room = length + 2 * self.pad[axis] - self.extents[axis]
        return max(0, room) // self.stride[axis] + 1


@dataclass(frozen=True)
class AxisNumbers:
    """One option as the file gives it: numbers for the axes in order, or for height and width under other names."""

    name: str
    listed: tuple[int, ...]
    default: int | None = None
    pair: tuple[str, str] = ("", "")
    halves: tuple[int, int] | None = None
    halves_given: int = 0

    def over(self, axes: int) -> tuple[int, ...]:
        """Return one number for each of ``axes`` axes.

        Raises: OptionError if there are too many or too few.
        """
        if self.halves is not None:
            return self._height_and_width(axes, self.halves)
        if not self.listed and self.default is not None:
            return (self.default,) * axes
        if len(self.listed) not in (1, axes):
            rule = f"must be given once or once for each of {axes} spatial axes"
            raise OptionError(f"{self.name} is given {len(self.listed)} times, {rule}", path=(OPTION, self.name, 0))
        return self.listed if len(self.listed) == axes else self.listed * axes

    def _height_and_width(self, axes: int, halves: tuple[int, int]) -> tuple[int, int]:
        both = " and ".join(self.pair)
        if self.listed:
            message = f"{self.name} and {both} are both given, must be one or the other"
            raise OptionError(message, path=(OPTION, self.name, 0))
        if axes != 2:
            raise OptionError(f"{both} need 2 spatial axes, bottom has {axes}", path=(OPTION, self.pair[0]))
        if self.default is None and self.halves_given < 2:
            raise OptionError(f"{both} must be given together", path=(OPTION, self.pair[0]))
        return halves


@dataclass(frozen=True)
class WindowOptions:
    """The windows as the file gives them, while the number of spatial axes is not known."""

    kernel: AxisNumbers
    stride: AxisNumbers
    pad: AxisNumbers
    dilation: AxisNumbers
    _known: dict[int, Windows] = field(default_factory=dict, repr=False, compare=False)

    def over(self, axes: int) -> Windows:
        """Return the windows over ``axes`` spatial axes.

        Raises: OptionError for missing, doubled or impossible numbers.
        """
        if axes not in self._known:
            self._known[axes] = self._over(axes)
        return self._known[axes]

    def _over(self, axes: int) -> Windows:
        each = (self.kernel, self.stride, self.pad, self.dilation)
        kernel, stride, pad, dilation = (option.over(axes) for option in each)
        for name, numbers in (("kernel_size", kernel), ("stride", stride), ("dilation", dilation)):
            if 0 in numbers:
                raise OptionError(f"{name} is 0, must be at least 1", path=(OPTION, name, 0))
        return Windows(kernel, stride, pad, dilation)


def window_options(options: schema.ConvolutionParameter) -> WindowOptions:
    """Read what a convolution's options say about windows."""
    return WindowOptions(
        _read(options, "kernel_size", ("kernel_h", "kernel_w"), None),
        _read(options, "stride", ("stride_h", "stride_w"), 1),
        _read(options, "pad", ("pad_h", "pad_w"), 0),
        AxisNumbers("dilation", tuple(options.dilation), 1),
    )


def read_windows(options: schema.ConvolutionParameter, axes: int) -> Windows:
    """Read the windows of a convolution over ``axes`` spatial axes.

    Raises: OptionError for missing, doubled or impossible numbers.
    """
    return window_options(options).over(axes)


def _read(options: schema.ConvolutionParameter, name: str, pair: tuple[str, str], default: int | None) -> AxisNumbers:
    given = sum(options.HasField(half) for half in pair)
    halves = (getattr(options, pair[0]), getattr(options, pair[1])) if given else None
    return AxisNumbers(name, tuple(getattr(options, name)), default, pair, halves, given)
