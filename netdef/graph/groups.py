"""What named layer groups say of their layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import TypeVar

from netdef.errors import OptionError
from netdef.graph.graph import Attributes
from netdef.schema import netdef_pb2 as schema
from netdef.suggest import did_you_mean

T = TypeVar("T")


def attributes(layer: schema.LayerParameter, groups: dict[str, schema.LayerGroup]) -> Attributes:
    """Put together what a layer's groups and its own ``device`` say: multipliers multiply, the layer's device wins.

    Raises: OptionError for a group that the net does not define, two groups that disagree, or devices that cannot be.
    """
    check_devices(layer.device)
    mine = [_group(name, index, groups) for index, name in enumerate(layer.in_group)]
    devices = tuple(layer.device) or _agreed("device", (tuple(g.device) for g in mine if g.device)) or ()
    return Attributes(
        groups=tuple(layer.in_group),
        devices=devices,
        lr_mult=prod(g.lr_mult for g in mine),
        decay_mult=prod(g.decay_mult for g in mine),
        freeze=_agreed("freeze", (g.freeze for g in mine if g.HasField("freeze"))) or False,
        over_workers=_agreed("over_workers", (g.over_workers for g in mine if g.HasField("over_workers"))) or False,
        color=_agreed("color", (g.color for g in mine if g.color)) or "",
        checkpoint=_checkpoint(mine),
    )


def _checkpoint(groups: Sequence[schema.LayerGroup]) -> str:
    _agreed("checkpoint", (g.checkpoint for g in groups if g.HasField("checkpoint")))
    return next((g.name for g in groups if g.checkpoint), "")


def check_devices(devices: Sequence[str]) -> None:
    """Check the names of the devices that a layer or a group is split over.

    Raises: OptionError for one without a name, or one named twice.
    """
    for index, device in enumerate(devices):
        if not device.strip():
            hint = 'a device is a number, device: "0", or a name of your own; leave the field out to follow the bottom'
            raise OptionError("device is empty, must be named", path=("device", index), hint=hint)
        if device in devices[:index]:
            message = f'names device "{device}" twice, must name each once'
            raise OptionError(message, path=("device", index), hint="a layer is split into equal parts, one a device")


def device_path(
    layer: schema.LayerParameter,
    position: int,
    groups: Sequence[schema.LayerGroup],
    places: Mapping[str, int],
) -> tuple[str | int, ...]:
    """Return where the devices of the layer at ``position`` are said: by itself, else by the first group that does.

    ``places`` are those of the groups in their list, by name.
    """
    if layer.device:
        return ("layer", position, "device", 0)
    saying = (places[name] for name in layer.in_group if groups[places[name]].device)
    return ("layer_group", min(saying), "device", 0)


def repeated(groups: Sequence[schema.LayerGroup]) -> Iterator[int]:
    """Go through the positions of groups whose name an earlier one has."""
    seen: set[str] = set()
    for index, group in enumerate(groups):
        if group.name in seen:
            yield index
        seen.add(group.name)


def _group(name: str, index: int, groups: dict[str, schema.LayerGroup]) -> schema.LayerGroup:
    if name in groups:
        return groups[name]
    hint = did_you_mean(name, groups) or f'add layer_group {{ name: "{name}" }} to the net'
    raise OptionError(f'group "{name}" is not defined', path=("in_group", index), hint=hint)


def _agreed(what: str, said: Iterable[T]) -> T | None:
    said = list(dict.fromkeys(said))
    if len(said) > 1:
        listed = " and ".join(map(_shown, said))
        raise OptionError(f"its groups disagree on {what}: {listed}", path=("in_group",))
    return said[0] if said else None


def _shown(value: object) -> str:
    """Write a value as it stands in a file."""
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
