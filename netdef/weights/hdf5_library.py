"""h5py, which only those need who have HDF5 files."""

from __future__ import annotations

from types import ModuleType

from netdef.errors import WeightsError


def h5py_for(path: object) -> ModuleType:
    """Import h5py.

    Raises: WeightsError if it is not installed.
    """
    try:
        import h5py
    except ImportError as error:
        raise WeightsError(f"{path} is an HDF5 file, for which h5py is needed ({error})\n    pip install netdef[hdf5]") from None
    module: ModuleType = h5py
    return module
