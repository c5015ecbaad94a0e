"""Padding layers of the first form, folded into the convolutions and poolings that read them."""

from __future__ import annotations

from netdef.schema.netdef_pb2 import NetParameter, V1LayerParameter
from netdef.schema.upgrade.paths import Path
from netdef.schema.upgrade.result import Upgraded, UpgradeError


def upgrade(net: NetParameter) -> Upgraded[NetParameter]:
    """Drop the padding layers; what read them reads their bottom and has their ``pad``.

    Raises: UpgradeError where another type than conv or pool reads one.
    Source: upgrade_proto.cpp, UpgradeV0PaddingLayers
    """
    if not any(map(_is_padding, net.layers)):
        return Upgraded(net)
    folded = NetParameter()
    folded.CopyFrom(net)
    del folded.layers[:]
    paths: dict[Path, Path] = {}
    paddings: dict[str, int] = {}
    for index, layer in enumerate(net.layers):
        if not _is_padding(layer):
            here: Path = ("layers", len(folded.layers))
            paths[here] = ("layers", index)
            kept = folded.layers.add()
            kept.CopyFrom(layer)
            if sources := [paddings[bottom] for bottom in layer.bottom if bottom in paddings]:
                _check_reader(layer, index)
                paths |= _fold(net, sources[0], kept, here)
        _note_tops(paddings, layer, index)
    return Upgraded(folded, paths)


def _is_padding(layer: V1LayerParameter) -> bool:
    return layer.HasField("layer") and layer.layer.type == "padding"


def _check_reader(layer: V1LayerParameter, index: int) -> None:
    kind = layer.layer.type
    if kind not in ("conv", "pool") or len(layer.bottom) != 1:
        message = f'layer "{layer.layer.name}" ({kind}) reads a padding layer: only conv and pool with one bottom may'
        raise UpgradeError(("layers", index, "bottom"), message, "remove the padding layer")


def _fold(net: NetParameter, source: int, reader: V1LayerParameter, here: Path) -> dict[Path, Path]:
    padding = net.layers[source]
    if len(padding.bottom) != 1:
        message = f'padding layer "{padding.layer.name}" has {len(padding.bottom)} bottoms, must have 1'
        raise UpgradeError(("layers", source), message)
    reader.bottom[0] = padding.bottom[0]
    reader.layer.pad = padding.layer.pad
    return {
        (*here, "bottom", 0): ("layers", source, "bottom", 0),
        (*here, "layer", "pad"): ("layers", source, "layer", "pad"),
    }


def _note_tops(paddings: dict[str, int], layer: V1LayerParameter, index: int) -> None:
    for top in layer.top:
        if _is_padding(layer):
            paddings[top] = index
        else:
            paddings.pop(top, None)
