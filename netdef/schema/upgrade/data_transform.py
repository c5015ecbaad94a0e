"""Scale, mean, crop and mirror of V1 data layers, moved from the options of each type to ``transform_param``."""

from __future__ import annotations

from netdef.schema.netdef_pb2 import NetParameter, V1LayerParameter
from netdef.schema.upgrade.fields import move_field
from netdef.schema.upgrade.paths import Path
from netdef.schema.upgrade.result import Upgraded

_OPTIONS = {
    V1LayerParameter.DATA: "data_param",
    V1LayerParameter.IMAGE_DATA: "image_data_param",
    V1LayerParameter.WINDOW_DATA: "window_data_param",
}
_MOVED = ("scale", "mean_file", "crop_size", "mirror")


def upgrade(net: NetParameter) -> Upgraded[NetParameter]:
    """Move what every data layer does to its records to the one message that all of them share.

    Today's layers are left alone: Caffe ignores such options there.
    Source: upgrade_proto.cpp, UpgradeNetDataTransformation
    """
    places = [(index, name) for index, layer in enumerate(net.layers) for name in _fields_to_move(layer)]
    if not places:
        return Upgraded(net)
    upgraded = NetParameter()
    upgraded.CopyFrom(net)
    paths: dict[Path, Path] = {}
    for index, name in places:
        layer = upgraded.layers[index]
        options = _OPTIONS[layer.type]
        move_field(getattr(layer, options), name, layer.transform_param)
        getattr(layer, options).ClearField(name)
        paths["layers", index, "transform_param", name] = ("layers", index, options, name)
    return Upgraded(upgraded, paths, ("mean, scale, crop and mirror outside of `transform_param`",))


def _fields_to_move(layer: V1LayerParameter) -> list[str]:
    if layer.type not in _OPTIONS:
        return []
    options = getattr(layer, _OPTIONS[layer.type])
    return [name for name in _MOVED if options.HasField(name)]
