"""The net's ``input``, ``input_shape`` and ``input_dim`` made an Input layer."""

from __future__ import annotations

from netdef.schema.netdef_pb2 import LayerParameter, NetParameter
from netdef.schema.upgrade.paths import Path
from netdef.schema.upgrade.result import Upgraded, UpgradeError

_AXES = 4


def upgrade(net: NetParameter) -> Upgraded[NetParameter]:
    """Put an Input layer named ``input`` first; inputs without shapes, as in old weights files, are only dropped.

    Raises: UpgradeError if the shapes are not as many as the inputs, or an input that a layer needs has none.
    Source: upgrade_proto.cpp, UpgradeNetInput
    """
    if not net.input:
        return Upgraded(net)
    if not (net.input_shape or net.input_dim):
        _refuse_needed(net)
    upgraded = NetParameter()
    upgraded.CopyFrom(net)
    for field in ("input", "input_shape", "input_dim"):
        upgraded.ClearField(field)
    paths: dict[Path, Path] = {}
    if net.input_shape or net.input_dim:
        del upgraded.layer[:]
        paths = _add_input_layer(net, upgraded.layer.add())
        upgraded.layer.extend(net.layer)
        paths |= {("layer", index + 1): ("layer", index) for index in range(len(net.layer))}
    return Upgraded(upgraded, paths, ("`input`",))


def _refuse_needed(net: NetParameter) -> None:
    """Refuse an input without a shape where a layer reads it and none makes it: Caffe then says that nobody makes it.

    Weights files keep the names of inputs alone.
    """
    if any(layer.blobs for layer in net.layer):
        return
    read = {name for layer in net.layer for name in layer.bottom}
    made = {name for layer in net.layer for name in layer.top}
    for index, name in enumerate(net.input):
        if name in read - made:
            raise UpgradeError(("input", index), f'input "{name}" has no shape', "add input_shape { dim: … } for it")


def _add_input_layer(net: NetParameter, layer: LayerParameter) -> dict[Path, Path]:
    layer.name, layer.type = "input", "Input"
    layer.top.extend(net.input)
    paths: dict[Path, Path] = {("layer", 0, "top", index): ("input", index) for index in range(len(net.input))}
    shapes = _from_shapes(net, layer) if net.input_shape else _from_dims(net, layer)
    return {("layer", 0): ("input", 0)} | paths | shapes


def _from_shapes(net: NetParameter, layer: LayerParameter) -> dict[Path, Path]:
    if len(net.input_shape) != len(net.input):
        message = f"{len(net.input_shape)} input_shape for {len(net.input)} input, must be one each"
        raise UpgradeError(("input_shape", 0), message)
    layer.input_param.shape.extend(net.input_shape)
    return {("layer", 0, "input_param", "shape"): ("input_shape",)}


def _from_dims(net: NetParameter, layer: LayerParameter) -> dict[Path, Path]:
    if len(net.input_dim) != _AXES * len(net.input):
        message = f"{len(net.input_dim)} input_dim for {len(net.input)} input, must be {_AXES} each: N, C, H, W"
        raise UpgradeError(("input_dim", 0), message, "use input_shape for another number of axes")
    paths: dict[Path, Path] = {}
    for index in range(len(net.input)):
        start = index * _AXES
        layer.input_param.shape.add(dim=net.input_dim[start : start + _AXES])
        shape = ("layer", 0, "input_param", "shape", index)
        paths |= {(*shape, "dim", axis): ("input_dim", start + axis) for axis in range(_AXES)}
        paths[shape] = ("input_dim", start)
    return paths
