"""HDF5Data: rows of datasets in HDF5 files."""

from __future__ import annotations

from typing import ClassVar

from netdef.errors import OptionError
from netdef.layers.base import Arity, at_least
from netdef.layers.register import layer
from netdef.layers.shape import Shape
from netdef.layers.source import Source, batch_length


@layer("HDF5Data")
class HDF5Data(Source):
    """Read batches of rows from the HDF5 files that ``source`` lists; each top is the dataset of its name.

    Top: N×(the shape of a row), one for each dataset; N is batch_size.
    Raises: OptionError without batch_size or source, or with a transform_param.
    Source: hdf5_data_layer.cpp.
    """

    tops: ClassVar[Arity] = at_least(1)

    def setup(self) -> None:
        """Read the batch size; refuse what the type cannot do."""
        options = self.message.hdf5_data_param
        self.batch_size = batch_length(options.batch_size, "hdf5_data_param")
        if not options.source:
            raise OptionError("has no source, must name a file that lists HDF5 files", path=("hdf5_data_param",))
        if self.message.HasField("transform_param"):
            hint = "transform the arrays before they are written"
            raise OptionError(
                "has transform_param, which HDF5Data does not apply", path=("transform_param",), hint=hint
            )

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the batches' shapes for the shapes of one row of each dataset."""
        return tuple((self.batch_size, *row) for row in bottoms)
