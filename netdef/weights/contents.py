"""What a weights file holds, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class LayerWeights:
    """The blobs of one layer, in Caffe's order.

    A blob is None where the file leaves it out, since another layer owns it (HDF5 and safetensors files hold a shared
    blob once). ``type`` is as the file has it ("Convolution", in old ones "CONVOLUTION" or "conv"), empty where it does
    not tell.
    """

    name: str
    type: str
    blobs: tuple[Array | None, ...]


@dataclass(frozen=True)
class WeightsFile:
    """The layers of a weights file, in file order; ``name`` is that of the net, empty where the file does not tell."""

    path: str
    name: str
    layers: tuple[LayerWeights, ...]


def in_order(numbered: Mapping[int, Array]) -> tuple[Array | None, ...]:
    """Return blobs by their number, None for each that is missing below the last."""
    return tuple(numbered.get(number) for number in range(max(numbered, default=-1) + 1))


def readable(text: str | bytes) -> str:
    """Return a name or path of a file; protobuf and h5py give what is not UTF-8 as bytes."""
    return text.decode(errors="replace") if isinstance(text, bytes) else text
