"""The register of layer types: each registers itself where it stands, and is found by its name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

from netdef.errors import OptionError
from netdef.layers.base import Layer
from netdef.schema import netdef_pb2 as schema
from netdef.schema.forks import OWN_TYPE, way_round_type
from netdef.schema.forks.names import folded
from netdef.suggest import nearest

_REGISTER: dict[str, type[Layer]] = {}
AnyLayer = TypeVar("AnyLayer", bound=type[Layer])


def layer(name: str) -> Callable[[AnyLayer], AnyLayer]:
    """Register a class as the layer type ``name``.

    Raises: RuntimeError if another class has that name already: a fault of the program, not of its user.
    """

    def register(cls: AnyLayer) -> AnyLayer:
        if name in _REGISTER:
            raise RuntimeError(f'two classes for layer type "{name}": {_REGISTER[name].__module__}, {cls.__module__}')
        cls.type = name
        _REGISTER[name] = cls
        return cls

    return register


@cache
def _files() -> list[str]:
    package = importlib.import_module("netdef.layers")
    return [module.name for module in pkgutil.iter_modules(package.__path__) if not module.ispkg]


def _import(files: Iterable[str]) -> None:
    for file in files:
        importlib.import_module(f"netdef.layers.{file}")


def layer_types() -> dict[str, type[Layer]]:
    """Return every layer type by name, sorted."""
    _import(_files())
    return dict(sorted(_REGISTER.items()))


def layer_type(name: str) -> type[Layer]:
    """Return the layer type of that name; where its file is named after it, as all are, no other file is read.

    Raises: OptionError for an unknown type.
    """
    _import(file for file in _files() if file.replace("_", "") == name.lower())
    if name in _REGISTER:
        return _REGISTER[name]
    types = layer_types()
    if name in types:
        return types[name]
    if not name:
        raise OptionError("has no type, must have one", path=("type",), hint='add type: "…"')
    hint = way_round_type(name) or _similar(name, types) or OWN_TYPE
    raise OptionError(f'unknown layer type "{name}"', path=("type",), hint=hint)


def _similar(name: str, types: Iterable[str]) -> str:
    by_fold = {folded(known): known for known in types}
    near = nearest(folded(name), by_fold, cutoff=0.8)
    return f'did you mean "{by_fold[near]}"?' if near else ""


def make_layer(message: schema.LayerParameter, phase: int = schema.TEST) -> Layer:
    """Make the layer that a message describes.

    Raises: OptionError for an unknown type or a refused option.
    """
    return layer_type(message.type)(message, phase)
