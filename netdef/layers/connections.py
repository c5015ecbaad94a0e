"""Tables of which input maps each output map of a convolution sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netdef.errors import OptionError, ShapeError
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor

OPTION = "convolution_param"


@dataclass(frozen=True)
class Connections:
    """A row of input channels for each output channel.

    A kernel is stored for each connection, row by row, the inputs of a row in the order in which it names them.
    """

    rows: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        """Return how many connections there are."""
        return sum(map(len, self.rows))

    def check_channels(self, channels: int) -> None:
        """Refuse a bottom that lacks a channel.

        Raises: ShapeError.
        """
        for output, place, channel in self._places():
            if channel >= channels:
                message = f"output {output} sees input {channel}, but bottom has {channels} channels, counted from 0"
                raise ShapeError(message, path=(OPTION, "connection", output, "input", place))

    def whole(self, kernels: Tensor, channels: int) -> Tensor:
        """Return kernels for all pairs, num_output × channels × kernel, with zeros where nothing is connected."""
        from netdef.layers.functions.constant import constant

        places = constant(tuple(output * channels + channel for output, _, channel in self._places()), kernels).long()
        pairs = kernels.new_zeros(len(self.rows) * channels, *kernels.shape[1:])
        return pairs.index_copy(0, places, kernels).reshape(len(self.rows), channels, *kernels.shape[1:])

    def _places(self) -> Iterator[tuple[int, int, int]]:
        """Go through output, place in its row, and input of each connection, in the order of the kernels."""
        for output, row in enumerate(self.rows):
            yield from ((output, place, channel) for place, channel in enumerate(row))


def read_connections(options: schema.ConvolutionParameter) -> Connections | None:
    """Read the table, None if there is none.

    Raises: OptionError unless there is one row for each output, with some inputs, each once, and group is 1.
    """
    if not options.connection:
        return None
    rows = tuple(tuple(connection.input) for connection in options.connection)
    if len(rows) != options.num_output:
        message = f"has {len(rows)} connection rows, must have {options.num_output}: one for each output"
        raise OptionError(message, path=(OPTION, "connection", 0))
    if options.group != 1:
        message = f"group is {options.group}, must be 1 with connection: the rows say what each output sees"
        raise OptionError(message, path=(OPTION, "group"))
    for output, row in enumerate(rows):
        if not row or len(set(row)) < len(row):
            found = f"names input {max(row, key=row.count)} more than once" if row else "names no input"
            raise OptionError(f"the connection of output {output} {found}", path=(OPTION, "connection", output))
    return Connections(rows)
