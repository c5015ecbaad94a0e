"""`.caffemodel` files: Caffe's NetParameter in protobuf's binary form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from google.protobuf.message import DecodeError

from netdef.errors import WeightsError
from netdef.schema import netdef_pb2 as schema
from netdef.schema import weights_pb2
from netdef.schema.wire import Piece, field
from netdef.weights.apart import Bytes, read_apart
from netdef.weights.atomic import replacing
from netdef.weights.blob_proto import array_of, encode_blob
from netdef.weights.contents import Array, LayerWeights, WeightsFile, readable
from netdef.weights.recognise import recognise
from netdef.weights.saved_layers import SavedLayer, SavedNet
from netdef.weights.whole import read_whole

LARGEST = 2**31 - 1
"""The longest message that protobuf reads, in bytes."""
_LAYER = weights_pb2.NetParameter.LAYER_FIELD_NUMBER
_BLOBS = weights_pb2.LayerParameter.BLOBS_FIELD_NUMBER
_OVERHEAD = 64
"""More bytes than the tags, lengths and shape of a blob take."""


def read_caffemodel(path: str | Path) -> WeightsFile:
    """Read a file of any age: today's layers, those of the second form (V1) and of the first (V0).

    Raises: WeightsError if it is not there, cannot be read or is another kind of file.
    """
    try:
        net, arrays = read_apart(path, weights_pb2.NetParameter, WeightsError)
    except DecodeError:
        net, arrays = weights_pb2.NetParameter(), ()
    if not net.layer and not net.layers:
        raise WeightsError(recognise(read_whole(path, WeightsError)).instead_of(path, "a .caffemodel"))
    layers = (LayerWeights(name, kind, tuple(_arrays(blobs, arrays, name, path))) for name, kind, blobs in _layers(net))
    return WeightsFile(str(path), readable(net.name), tuple(layers))


def _layers(net: weights_pb2.NetParameter) -> Iterator[tuple[str, str, Iterable[weights_pb2.BlobProto]]]:
    for layer in net.layer:
        yield readable(layer.name), readable(layer.type), layer.blobs
    for old in net.layers:
        if old.HasField("layer"):
            yield readable(old.layer.name), readable(old.layer.type), old.layer.blobs
        else:
            yield readable(old.name), _v1_type(old.type), old.blobs


def _arrays(
    blobs: Iterable[weights_pb2.BlobProto], arrays: Sequence[Bytes], layer: str, path: str | Path
) -> Iterator[Array]:
    for index, blob in enumerate(blobs):
        try:
            yield array_of(blob, arrays)
        except ValueError as error:
            raise WeightsError(f'{path}: layer "{layer}", blob {index}: {error}; the file is damaged') from None


def _v1_type(number: int) -> str:
    try:
        return schema.V1LayerParameter.LayerType.Name(schema.V1LayerParameter.LayerType.ValueType(number))
    except ValueError:  # numbers above 39 are forks', and mean different things in each
        return f"V1 type {number}"


def write_caffemodel(net: SavedNet, path: str | Path, *, diffs: bool = False) -> None:
    """Write a net's layers as Caffe would, with their options and automatic Splits; with ``diffs`` the gradients too.

    Raises: WeightsError if the file cannot be written, or would be too large for the format.
    """
    _refuse_too_large(path, net.layers, diffs)
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(weights_pb2.NetParameter(name=net.name).SerializeToString())
        for layer in net.layers:
            file.writelines(_encode(layer, diffs))


def _encode(layer: SavedLayer, diffs: bool) -> list[Piece]:
    """Return one entry of the net's layers: the message without blobs, then the blobs."""
    blobs = (field(_BLOBS, encode_blob(blob.values(), blob.diff() if diffs else None)) for blob in layer.blobs)
    return field(_LAYER, [layer.message.SerializeToString(), *chain.from_iterable(blobs)])


def _refuse_too_large(path: str | Path, layers: Iterable[SavedLayer], diffs: bool) -> None:
    size = sum(_most_bytes(layer, 2 if diffs else 1) for layer in layers)
    if size > LARGEST:
        raise WeightsError(
            f"{path} would have {size:,} bytes, but a .caffemodel can have no more than {LARGEST:,}\n"
            "    write another format: end the name in .caffemodel.h5 or .safetensors, or give the solver"
            " snapshot_format: HDF5"
        )


def _most_bytes(layer: SavedLayer, copies: int) -> int:
    return layer.message.ByteSize() + _OVERHEAD + sum(copies * blob.bytes + _OVERHEAD for blob in layer.blobs)
