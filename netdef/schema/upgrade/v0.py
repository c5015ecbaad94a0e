"""Layers of the first form (``layers { layer { type: "conv" … } … }``) made layers of the second."""

from __future__ import annotations

from netdef.schema.netdef_pb2 import NetParameter, V0LayerParameter, V1LayerParameter
from netdef.schema.upgrade.fields import move_field
from netdef.schema.upgrade.paths import Path
from netdef.schema.upgrade.result import Upgraded, UpgradeError
from netdef.schema.upgrade.v0_names import TYPES, destination
from netdef.suggest import did_you_mean


def upgrade(net: NetParameter) -> Upgraded[NetParameter]:
    """Turn every V0 layer into a V1 layer; a field that its type does not have is dropped and named in the notice.

    Raises: UpgradeError for an unknown type or a number that does not fit.
    Source: upgrade_proto.cpp, UpgradeV0LayerParameter
    """
    if not any(layer.HasField("layer") for layer in net.layers):
        return Upgraded(net)
    upgraded = NetParameter()
    upgraded.CopyFrom(net)
    paths: dict[Path, Path] = {}
    dropped: list[str] = []
    for index, (old, new) in enumerate(zip(net.layers, upgraded.layers, strict=True)):
        if old.HasField("layer"):
            new.ClearField("layer")
            try:
                moved = _move_fields(old.layer, new, dropped)
            except UpgradeError as error:
                raise error.at(("layers", index, "layer", *error.path)) from None
            paths |= {("layers", index, *path): ("layers", index, "layer", name) for path, name in moved.items()}
    return Upgraded(upgraded, paths, ("`layer` within `layers`" + _without(dropped),))


def _without(dropped: list[str]) -> str:
    return f" (without {', '.join(dropped)}, of no use there)" if dropped else ""


def _move_fields(old: V0LayerParameter, new: V1LayerParameter, dropped: list[str]) -> dict[Path, str]:
    moved: dict[Path, str] = {}
    for field, _ in old.ListFields():
        path = destination(old.type, field.name)
        if path is None:
            dropped.append(f'{field.name} of layer "{old.name}"')
        else:
            _move(old, field.name, new, path)
            moved[path] = field.name
    return moved


def _move(old: V0LayerParameter, name: str, new: V1LayerParameter, path: Path) -> None:
    if name == "type":
        setattr(new, name, _modern_type(old))
        return
    target = new if len(path) == 1 else getattr(new, str(path[0]))
    try:
        move_field(old, name, target, str(path[-1]))
    except ValueError:
        message = f'layer "{old.name}": {name} is {getattr(old, name)}, must be at least 0'
        raise UpgradeError((name,), message) from None


def _modern_type(old: V0LayerParameter) -> int:
    if old.type in TYPES:
        return V1LayerParameter.LayerType.Value(TYPES[old.type])
    hint = did_you_mean(old.type, TYPES) or f"the old types are {', '.join(TYPES)}"
    raise UpgradeError(("type",), f'layer "{old.name}": "{old.type}" is no type of the first form of layers', hint)
