"""Files to text: refuses what is no prototxt, and says what it is instead."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from os import PathLike, fspath
from pathlib import Path

from netdef.errors import DefinitionError, Place, Problem
from netdef.prototxt.parse import parse
from netdef.prototxt.tree import Message
from netdef.suggest import way_to_file

_CONTROL_BYTES = bytes(set(range(1, 32)) - set(b"\t\n\v\f\r"))
_COMMENT = re.compile(r"""(?P<string>"(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? ) | \#[^\n]*""", re.X)
_FOREIGN = re.compile("[\udc80-\udcff]")  # bytes that are no UTF-8, as surrogates
_WEIGHTS = "weights (.caffemodel, .h5) go where a command asks for weights; the net is in a .prototxt"


def load(path: str | PathLike[str]) -> Message:
    """Read a file into its syntax tree.

    Raises:
        DefinitionError: it is no text file, or has syntax errors.
    """
    return parse(read_text(path), fspath(path))


def read_text(path: str | PathLike[str]) -> str:
    """Return the text of a prototxt file, without a byte order mark.

    Comments may hold bytes that are no UTF-8, as old editors wrote them; as surrogates they stay what they are.

    Raises:
        DefinitionError: there is no such file, or it is no UTF-8 text.
    """
    name = fspath(path)
    try:
        return text_of(name, Path(path).read_bytes())
    except FileNotFoundError:
        raise _refusal(f"{name}: no such file", way_to_file(Path(path))) from None
    except IsADirectoryError:
        inside = sorted(entry.name for entry in Path(path).glob("*.prototxt"))
        raise _refusal(f"{name} is a folder", f"it holds {', '.join(inside)}" if inside else "") from None
    except OSError as error:
        raise _refusal(f"{name} cannot be read: {error.strerror}") from None


def text_of(name: str, data: bytes) -> str:
    """Return the text of what a prototxt file of that name holds, as ``read_text`` does.

    Raises:
        DefinitionError: it is no UTF-8 text.
    """
    text = data.decode("utf-8-sig", "surrogateescape")
    if (foreign := _foreign_byte(text)) is not None:
        raise _no_text(name, data, len(BOM_UTF8) * data.startswith(BOM_UTF8) + foreign)
    if "\0" in text:
        raise _no_text(name, data, data.index(0))
    if text[:200].lstrip().lower().startswith(("<!doctype", "<html")):
        raise _refusal(f"{name} is a web page, not a prototxt", "download the raw file instead")
    if text.startswith("version https://git-lfs"):
        raise _refusal(f"{name} stands for a file that Git LFS keeps elsewhere", "fetch it: git lfs pull")
    return text


def _foreign_byte(text: str) -> int | None:
    """Return the offset of the first byte outside of comments that is no UTF-8."""
    if _FOREIGN.search(text) is None:
        return None
    code = _COMMENT.sub(lambda piece: piece["string"] or " " * len(piece[0]), text)
    found = _FOREIGN.search(code)
    return len(text[: found.start()].encode(errors="surrogateescape")) if found else None


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
