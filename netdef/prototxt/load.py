"""Files to text: refuses what is no prototxt, and says what it is instead."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path

from netdef.errors import DefinitionError, Place, Problem
from netdef.prototxt.parse import parse
from netdef.prototxt.tree import Message
from netdef.suggest import way_to_file

_CONTROL_BYTES = bytes(set(range(1, 32)) - set(b"\t\n\v\f\r"))
_WEIGHTS = "weights (.caffemodel, .h5) go where a command asks for weights; the net is in a .prototxt"


def load(path: str | PathLike[str]) -> Message:
    """Read a file into its syntax tree.

    Raises:
        DefinitionError: it is no text file, or has syntax errors.
    """
    return parse(read_text(path), fspath(path))


def read_text(path: str | PathLike[str]) -> str:
    """Return the text of a prototxt file, without a byte order mark.

    Raises:
        DefinitionError: there is no such file, or it is no UTF-8 text.
    """
    name = fspath(path)
    try:
        return _decoded(name, Path(path).read_bytes())
    except FileNotFoundError:
        raise _refusal(f"{name}: no such file", way_to_file(Path(path))) from None
    except IsADirectoryError:
        inside = sorted(entry.name for entry in Path(path).glob("*.prototxt"))
        raise _refusal(f"{name} is a folder", f"it holds {', '.join(inside)}" if inside else "") from None
    except OSError as error:
        raise _refusal(f"{name} cannot be read: {error.strerror}") from None


def _decoded(name: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _no_text(name, data, error.start) from None
    if "\0" in text:
        raise _no_text(name, data, data.index(0))
    if text[:200].lstrip().lower().startswith(("<!doctype", "<html")):
        raise _refusal(f"{name} is a web page, not a prototxt", "download the raw file instead")
    return text


def _no_text(name: str, data: bytes, offset: int) -> DefinitionError:
    if data.startswith(b"\x89HDF"):
        return _refusal(f"{name} is an HDF5 file, not a prototxt", _WEIGHTS)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _refusal(f"{name} is UTF-16 text", "save it as UTF-8")
    if len(data[:4096].translate(None, _CONTROL_BYTES)) < len(data[:4096]):
        return _refusal(f"{name} is a binary file, not a prototxt", _WEIGHTS)
    line_start = data.rfind(b"\n", 0, offset) + 1
    column = len(data[line_start:offset].decode(errors="replace")) + 1
    place = Place(name, data.count(b"\n", 0, offset) + 1, column)
    if data[offset] == 0:
        return DefinitionError([Problem("a NUL byte in the text", place, "remove it")])
    return DefinitionError([Problem(f"byte 0x{data[offset]:02X} is not UTF-8", place, "save the file as UTF-8")])


def _refusal(message: str, hint: str = "") -> DefinitionError:
    return DefinitionError([Problem(message, hint=hint)])
