"""What a file is, told from its content: for those who gave another file than the one wanted."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from google.protobuf.message import DecodeError, Message

from netdef.schema import weights_pb2

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_LONGEST_HEADER = 100_000_000  # of .safetensors, by its rules
_MODEL = "the net's text goes where a command asks for a model; the weights are in a .caffemodel or .caffemodel.h5"
_SAFETENSORS = "weights are given with --weights; `netdef convert-weights` writes them in Caffe's formats"
_DOWNLOAD = "download the file itself"
_SIGNATURES = (
    (HDF5_SIGNATURE, "an HDF5 file", "its name must end in .h5"),
    (b"version https://git-lfs", "a Git LFS pointer, which stands for the file", "fetch the file with `git lfs pull`"),
    (b"<!doctype", "a web page", _DOWNLOAD),
    (b"<html", "a web page", _DOWNLOAD),
    (
        b"pk\x03\x04",
        "a zip archive, as PyTorch and Keras write them",
        "unpack it, or convert the model to Caffe's format",
    ),
    (b"\x80\x02", "a Python pickle, as old PyTorch wrote them", "convert the model to Caffe's format"),
    (b"\x1f\x8b", "compressed with gzip", "unpack it with gunzip"),
)
_CONTROL_BYTES = bytes(set(range(32)) - set(b"\t\n\v\f\r"))
_AGAIN = "get it again: it may have been cut off or damaged in copying"
M = TypeVar("M", bound=Message)


class Found(NamedTuple):
    """What a file is, and what to do then."""

    what: str
    way_out: str

    def instead_of(self, path: object, wanted: str) -> str:
        """Say that a file is not the wanted one."""
        return f"{path} is {self.what}, not {wanted}\n    {self.way_out}"


def begins_as_safetensors(start: bytes) -> bool:
    """Tell from a file's first nine bytes whether it is of the safetensors format: the header's length, then JSON."""
    return start[8:9] == b"{" and int.from_bytes(start[:8], "little") <= _LONGEST_HEADER


def recognise(data: bytes) -> Found:
    """Tell what a file is that could not be read as what it should be."""
    if not data:
        return Found("empty", _AGAIN)
    for signature, what, way_out in _SIGNATURES:
        if data[: len(signature)].lower() == signature.lower():
            return Found(what, way_out)
    if begins_as_safetensors(data):
        return Found("a safetensors file", _SAFETENSORS)
    if data[:4096].translate(None, _CONTROL_BYTES) == data[:4096]:
        return Found("a text file", _MODEL)
    return _message(data) or _rest(data)


def _message(data: bytes) -> Found | None:
    """Tell which message of Caffe's the bytes are."""
    solver = _parse(weights_pb2.SolverState, data)
    if solver and solver.HasField("iter") and (solver.learned_net or solver.history):
        return Found(
            "a solver state", "training is resumed from it with --snapshot; the weights are in its .caffemodel"
        )
    net = _parse(weights_pb2.NetParameter, data)
    if net and (net.layer or net.layers):
        return Found("a weights file", "weights are given with --weights; training is resumed from a .solverstate")
    blob = _parse(weights_pb2.BlobProto, data)
    if blob and (blob.data or blob.double_data):
        return Found("a single array, as mean files are", "a mean file is named by mean_file in transform_param")
    return None


def _parse(kind: type[M], data: bytes) -> M | None:
    try:
        return kind.FromString(data)
    except DecodeError:
        return None


def _rest(data: bytes) -> Found:
    size = f"{len(data):,} bytes"
    if name := _leading_name(data):
        return Found(f'a damaged or cut-off file ({size}, net "{name}")', _AGAIN)
    return Found(f"of no known kind ({size})", _AGAIN)


def _leading_name(data: bytes) -> str:
    """Return the net's name, with which weights files begin, or nothing."""
    if data[0] != 0x0A or len(data) < 2 or data[1] >= 0x80:
        return ""
    name = data[2 : 2 + data[1]].decode(errors="replace")
    return name if name.isprintable() and "\ufffd" not in name else ""
