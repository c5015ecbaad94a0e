"""plyvel, the library for LevelDB, which only those need who have such databases."""

from __future__ import annotations

from types import ModuleType

from netdef.errors import DataError


def plyvel_for(path: object) -> ModuleType:
    """Import plyvel.

    Raises: DataError if it is not installed.
    """
    try:
        import plyvel
    except ImportError as failure:
        hint = "pip install netdef[leveldb]"
        raise DataError(f"{path}: LevelDB databases take plyvel ({failure})\n    {hint}") from None
    module: ModuleType = plyvel
    return module


def reason(error: Exception) -> str:
    """Return what LevelDB says, which plyvel passes on as bytes."""
    said = error.args[0] if len(error.args) == 1 else error
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
