"""`.safetensors` files: a tensor ``<layer>/<index>`` for each blob, the net's name and its layers in the metadata.

The metadata's key ``netdef`` is JSON: {"net": name, "layers": [[name, type], …]}, in the net's order. A layer name may
be anything, slashes included. Files of other writers are read if their tensors are named so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from netdef.errors import WeightsError
from netdef.weights.atomic import replacing
from netdef.weights.contents import Array, LayerWeights, WeightsFile, in_order
from netdef.weights.saved_layers import SavedNet

_OWN = "netdef"
_AS_IN_NUMPY = (torch.float16, torch.float32, torch.float64, torch.int32, torch.int64, torch.uint8, torch.bool)


def read_safetensors(path: str | Path) -> WeightsFile:
    """Read a file; numbers of types that numpy does not know (bfloat16, float8) become float32.

    Raises: WeightsError if it cannot be read, or its tensors have other names.
    """
    with _reading(path) as file:
        blobs = _blobs(file, path)
        own = json.loads((file.metadata() or {}).get(_OWN, '{"net": "", "layers": []}'))
        net, types = str(own["net"]), [(str(name), str(kind)) for name, kind in own["layers"]]
    others = [(name, "") for name in blobs if name not in dict(types)]
    layers = (LayerWeights(name, kind, in_order(blobs.pop(name, {}))) for name, kind in [*types, *others])
    return WeightsFile(str(path), net, tuple(layers))


def _blobs(file: Any, path: str | Path) -> dict[str, dict[int, Array]]:
    """Return the blobs of each layer by their number."""
    keys = list(file.keys())
    blobs: dict[str, dict[int, Array]] = {}
    for key in keys:
        layer, slash, number = key.rpartition("/")
        if not slash or not number.isdecimal():
            raise WeightsError(_other(path, keys))
        blobs.setdefault(layer, {})[int(number)] = _array(file.get_tensor(key))
    return blobs


def _array(tensor: torch.Tensor) -> Array:
    array: Array = (tensor if tensor.dtype in _AS_IN_NUMPY else tensor.float()).numpy()
    return array


def _other(path: str | Path, keys: list[str]) -> str:
    shown = ", ".join(keys[:4]) + (", …" if len(keys) > 4 else "")
    return (
        f"{path} holds no layers of a net: its tensors are {shown}\n"
        "    each must be named <layer>/<number>, such as conv1/0 for its weights and conv1/1 for its bias"
    )


def write_safetensors(net: SavedNet, path: str | Path, *, diffs: bool = False) -> None:
    """Write a net's layers; a shared blob with its owner alone.

    Raises: WeightsError if the file cannot be written, two layers with blobs have one name, or gradients are asked for.
    """
    if diffs:
        raise WeightsError(f"{path}: .safetensors files hold no gradients\n    write a .caffemodel or .caffemodel.h5")
    library = _library(path)
    tensors: dict[str, Array] = {}
    for layer in net.layers:
        own = {f"{layer.message.name}/{index}": blob for index, blob in enumerate(layer.blobs) if blob.owned}
        if own.keys() & tensors.keys():
            raise WeightsError(f'{path}: two layers "{layer.message.name}" have blobs\n    give each a name of its own')
        tensors |= {key: blob.values() for key, blob in own.items()}
    about = {"net": net.name, "layers": [[layer.message.name, layer.message.type] for layer in net.layers]}
    with replacing(path) as temporary:
        try:
            library.numpy.save_file(tensors, temporary, {_OWN: json.dumps(about, ensure_ascii=False)})
        except library.SafetensorError as failure:
            raise OSError(str(failure)) from failure


@contextmanager
def _reading(path: str | Path) -> Iterator[Any]:
    library = _library(path)
    try:
        with library.safe_open(path, framework="pt") as file:
            yield file
    except (library.SafetensorError, OSError, ValueError, LookupError, TypeError) as failure:
        hint = "it may have been cut off in writing or copying"
        raise WeightsError(f"{path} cannot be read: {failure}\n    {hint}") from None


def _library(path: str | Path) -> Any:
    """Import the library, which only those need who have such files.

    Raises: WeightsError if it is not installed.
    """
    try:
        import safetensors.numpy
    except ImportError as failure:
        hint = "pip install netdef[safetensors]"
        raise WeightsError(f"{path}: safetensors is needed for this format ({failure})\n    {hint}") from None
    return safetensors
