"""Images cut into tiles of 4×4 outputs, which need 6×6 inputs each, and what these are at Winograd's points.

Images are N×H×W×G×C: channels last, in groups. Their values are matrices, 36·G × N·rows·columns × C: one for each point
and group, with a line for each tile. Some images at a time are worked on, so that what lies between them and their
values stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from netdef.layers.functions import winograd_points as points
from netdef.layers.functions.winograd_points import KERNEL, OUTPUTS, POINTS

OVERLAP = KERNEL - 1  # inputs that a tile has in common with the next
CACHED_BYTES = 4 << 20  # of images that each thread works on at a time
HEIGHT, WIDTH = 1, 3  # axes that are cut: of images, and of what their cut by height is


@dataclass(frozen=True)
class Tiles:
    """Tiles of images with ``height``×``width`` outputs, whose inputs have ``pad`` zeros around them."""

    height: int
    width: int
    pad: int

    @property
    def rows(self) -> int:
        """How many tiles are above each other."""
        return -(-self.height // OUTPUTS)

    @property
    def columns(self) -> int:
        """How many tiles are beside each other."""
        return -(-self.width // OUTPUTS)

    @property
    def count(self) -> int:
        """How many tiles an image has."""
        return self.rows * self.columns

    def input_values(self, x: Tensor) -> Tensor:
        """Return the values of inputs."""
        values = self._blank(x)
        for part in _parts(x):
            images, found = self._framed(x[part], self.pad, OVERLAP), self._of_images(values, part)
            cut = images.new_empty(POINTS, len(images), self.rows, *images.shape[2:])
            points.input_values(_places(images, HEIGHT, self.rows, POINTS), cut.unbind(), _two(cut[0]))
            points.input_values(_places(cut, WIDTH, self.columns, POINTS), found.unbind(1), _two(found[0]))
        return values

    def output_slopes(self, slopes: Tensor) -> Tensor:
        """Return the gradients at the points, from those of the outputs."""
        values = self._blank(slopes)
        for part in _parts(slopes):
            images, found = self._framed(slopes[part], 0, 0), self._of_images(values, part)
            cut = images.new_empty(POINTS, len(images), self.rows, *images.shape[2:])
            points.output_slopes(_places(images, HEIGHT, self.rows, OUTPUTS), cut.unbind(), _two(cut[0]))
            points.output_slopes(_places(cut, WIDTH, self.columns, OUTPUTS), found.unbind(1), _two(found[0]))
        return values

    def write_outputs(self, values: Tensor, bias: Tensor | None, y: Tensor) -> None:
        """Fill the outputs, to each channel of which its bias G×C is added."""
        for part in _parts(y):
            few, given = y[part], self._of_images(values, part)
            cut = given.new_empty(OUTPUTS, *given.shape[1:])
            points.outputs(given.unbind(), cut.unbind(), _two(cut[0]))
            images = given.new_empty(len(few), self.rows * OUTPUTS, self.columns * OUTPUTS, *y.shape[3:])
            rows = images.view(len(few), self.rows, OUTPUTS, *images.shape[2:]).movedim(2, 0)
            points.outputs(cut.unbind(1), _places(rows, WIDTH, self.columns, OUTPUTS), _two(cut[:, 0]))
            few.copy_((images if bias is None else images.add_(bias))[:, : self.height, : self.width])

    def write_input_slopes(self, values: Tensor, slopes: Tensor) -> None:
        """Fill the gradients of the inputs, from those at the points."""
        for part in _parts(slopes):
            few, given = slopes[part], self._of_images(values, part)
            n, height, width, *channels = few.shape
            cut = given.new_empty(POINTS, n, self.rows, (self.columns + 1) * OUTPUTS, *channels)
            images = given.new_empty(n, (self.rows + 1) * OUTPUTS, (self.columns + 1) * OUTPUTS, *channels)
            _overlapped(given.unbind(1), cut, WIDTH, self.columns)
            _overlapped(cut.unbind(), images, HEIGHT, self.rows)
            few.copy_(images[:, self.pad : self.pad + height, self.pad : self.pad + width])

    def _blank(self, images: Tensor) -> Tensor:
        n, _, _, groups, channels = images.shape
        return images.new_empty(POINTS**2 * groups, n * self.count, channels)

    def _of_images(self, values: Tensor, part: slice) -> Tensor:
        """Return a view 6×6×n×rows×columns×G×C of the values of some images."""
        axes = (POINTS, POINTS, -1, values.shape[1] // self.count, self.rows, self.columns, values.shape[2])
        return values.view(axes)[:, :, :, part].movedim(2, -2)

    def _framed(self, images: Tensor, before: int, more: int) -> Tensor:
        """Return images with zeros around them, as large as their tiles."""
        n, height, width, *channels = images.shape
        framed = images.new_zeros(n, self.rows * OUTPUTS + more, self.columns * OUTPUTS + more, *channels)
        framed[:, before : before + height, before : before + width].copy_(images)
        return framed


def parts_of(images: int, bytes_each: int, most: int) -> Iterator[slice]:
    """Cut a batch into parts of at most so many bytes, or of single images."""
    count = max(1, most // max(1, bytes_each))
    return (slice(start, start + count) for start in range(0, images, count))


def _parts(images: Tensor) -> Iterator[slice]:
    """Cut images so that each part of them fits into the caches."""
    return parts_of(len(images), images[:1].nbytes, CACHED_BYTES * torch.get_num_threads())


def _places(images: Tensor, axis: int, tiles: int, places: int) -> list[Tensor]:
    """Return views of the first place of each tile, of the second, and so on."""
    before, reach = (slice(None),) * axis, (tiles - 1) * OUTPUTS + 1
    return [images[*before, slice(place, place + reach, OUTPUTS)] for place in range(places)]


def _overlapped(values: points.Views, images: Tensor, axis: int, tiles: int) -> None:
    """Fill images with the gradients of tiles, added where two of them overlap."""
    images.narrow(axis, tiles * OUTPUTS, OUTPUTS).zero_()
    following = images.narrow(axis, OUTPUTS, tiles * OUTPUTS)
    own, shared = _places(images, axis, tiles, OUTPUTS), _places(following, axis, tiles, OVERLAP)
    points.input_slopes(values, own, shared, _two(values[0]))


def _two(like: Tensor) -> tuple[Tensor, Tensor]:
    return like.new_empty(like.shape), like.new_empty(like.shape)
