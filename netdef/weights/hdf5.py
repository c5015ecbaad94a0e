"""`.caffemodel.h5` files: a group ``/data/<layer>`` for each layer, in it datasets ``0``, ``1``, … for its blobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from netdef.errors import WeightsError
from netdef.weights.contents import Array, LayerWeights, WeightsFile, in_order
from netdef.weights.hdf5_file import reading, writing
from netdef.weights.saved_layers import SavedLayer, SavedNet


def read_hdf5(path: str | Path) -> WeightsFile:
    """Read a file. A layer name with slashes is a chain of groups.

    Raises: WeightsError if it cannot be read, or holds something else.
    """
    with reading(path) as file:
        data = file.get("data")
        if not _is_group(data):
            raise WeightsError(_other(path, sorted(file)))
        return WeightsFile(str(path), "", tuple(_layers(data, "")))


def _other(path: str | Path, keys: list[str]) -> str:
    if "history" in keys:
        return f"{path} is a solver state, not weights\n    training is resumed from it with --snapshot"
    holds = f"it holds {', '.join(keys)}" if keys else "it is empty"
    return f"{path} has no group /data, in which Caffe's weights are; {holds}"


def _layers(group: Any, prefix: str) -> Iterator[LayerWeights]:
    """Go down the groups; one that holds only groups is part of a longer name."""
    for key, inner in group.items():
        if not _is_group(inner):
            continue
        name = prefix + key
        groups = [child for child in inner.values() if _is_group(child)]
        if len(groups) < len(inner) or not groups:
            yield LayerWeights(name, "", _blobs(inner))
        yield from _layers(inner, f"{name}/")


def _is_group(item: Any) -> bool:
    return hasattr(item, "items")


def _blobs(group: Any) -> tuple[Array | None, ...]:
    return in_order({int(key): np.asarray(dataset) for key, dataset in group.items() if key.isdecimal()})


def write_hdf5(net: SavedNet, path: str | Path, *, diffs: bool = False) -> None:
    """Write a net's layers as Caffe would, whatever the file's name ends in.

    A shared blob is written with its owner alone; with ``diffs`` gradients are in ``/diff``.

    Raises: WeightsError if the file cannot be written, or a layer's name fits no group.
    """
    with writing(path) as file:
        data = file.create_group("data")
        diff = file.create_group("diff") if diffs else None
        for layer in net.layers:
            _write_layer(data, diff, layer, path)


def _write_layer(data: Any, diff: Any | None, layer: SavedLayer, path: str | Path) -> None:
    name = layer.message.name
    try:
        values = data.require_group(name)
        gradients = None if diff is None else diff.require_group(name)
        for index, blob in enumerate(layer.blobs):
            if blob.owned:
                values.create_dataset(str(index), data=blob.values())
                if gradients is not None:
                    gradients.create_dataset(str(index), data=blob.diff())
    except (ValueError, TypeError):
        raise WeightsError(
            f'{path}: layer "{name}" cannot be a group of its own in an HDF5 file\n'
            "    give each layer another name, or write a .caffemodel (snapshot_format: BINARYPROTO)"
        ) from None
