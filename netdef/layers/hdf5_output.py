"""HDF5Output: two blobs written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdef.errors import DataError, OptionError, ShapeError, UsageError
from netdef.layers.base import Arity, Context, Kind, Layer, exactly
from netdef.layers.loss import check_same_batch
from netdef.layers.register import layer
from netdef.layers.shape import Shape, show

if TYPE_CHECKING:
    from torch import Tensor

DATASETS = ("data", "label")
AXES = 4


@layer("HDF5Output")
class HDF5Output(Layer):
    """Write the two bottoms of one forward pass as the datasets ``data`` and ``label`` of an HDF5 file.

    The file is written anew in the first pass. A second one is an error, as it would write over the first.

    Bottom: data N×…; label N×…; both of at most 4 axes, written as 4 with lengths of 1 at the end. Top: none.
    Raises: OptionError without file_name; ShapeError if the bottoms differ in items; DataError if the file cannot be
    written; UsageError in a second pass.
    Source: hdf5_output_layer.cpp.
    """

    kind: ClassVar[Kind] = Kind.DATA
    bottoms: ClassVar[Arity] = exactly(2)
    tops: ClassVar[Arity] = exactly(0)
    traceable: ClassVar[bool] = False

    def setup(self) -> None:
        """Read where to write."""
        self.file_name = self.message.hdf5_output_param.file_name
        self.written = False
        if not self.file_name:
            raise OptionError("has no file_name, must name the file to write", path=("hdf5_output_param",))

    def takes_gradient(self, bottom: int) -> bool:
        """Tell that a file sends no gradient back."""
        return False

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return no shape."""
        check_same_batch(*bottoms)
        for index, bottom in enumerate(bottoms):
            if len(bottom) > AXES:
                message = f"bottom {index} is {show(bottom)}, must have at most {AXES} axes"
                raise ShapeError(message, path=("bottom", index))
        return ()

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Write, once."""
        import h5py

        if self.written:
            raise UsageError(f'"{self.file_name}" holds the pass before: HDF5Output writes only one forward pass')
        try:
            with h5py.File(self.file_name, "w") as file:
                for name, bottom in zip(DATASETS, bottoms, strict=True):
                    rows = bottom.detach().float().cpu()
                    file[name] = rows.reshape(*rows.shape, *(1,) * (AXES - rows.dim())).numpy()
        except OSError as error:
            raise DataError(f'"{self.file_name}" cannot be written ({error})') from error
        self.written = True
        return ()
