"""The parameters of a net: made by their first layer, shared by those that give the same name.

Source: Net::AppendParam, net.cpp.
"""

from __future__ import annotations

from itertools import chain
from typing import Literal

from netdef.errors import OptionError, ShapeError
from netdef.fillers import check
from netdef.graph.graph import Attributes, Parameter, ParameterUse
from netdef.layers.base import Layer, ParameterSpec, StateSpec
from netdef.layers.shape import Shape, agree, compatible, count, show
from netdef.schema import netdef_pb2 as schema

Spec = ParameterSpec | StateSpec
Multiplier = Literal["lr_mult", "decay_mult"]
AgreedOn = Multiplier | Literal["max_rms"]


class ParameterTable:
    """The parameters of one net, in the order of their first use."""

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []
        self._named: dict[str, Parameter] = {}
        self._given: dict[tuple[str, str], tuple[float, str]] = {}
        self._group_factors: dict[Parameter, dict[Multiplier, float]] = {}

    def add(self, layer: Layer, bottoms: tuple[Shape, ...], attributes: Attributes) -> tuple[ParameterUse, ...]:
        """Take in the blobs of a layer and return how it sees them.

        Raises: OptionError for more ``param`` entries than blobs or multipliers that disagree, ShapeError for a shared
        parameter of another shape.
        """
        saved = (state for state in layer.state(*bottoms) if state.saved)
        specs: list[Spec] = list(chain(layer.parameters(*bottoms), saved))
        entries = layer.message.param
        if len(entries) > len(specs):
            message = f"has {len(entries)} param entries, but only {len(specs)} parameter blobs"
            raise OptionError(message, path=("param", len(specs)))
        return tuple(self._use(layer, index, spec, attributes) for index, spec in enumerate(specs))

    def _use(self, layer: Layer, index: int, spec: Spec, attributes: Attributes) -> ParameterUse:
        message = layer.message
        entry = message.param[index] if index < len(message.param) else schema.ParamSpec()
        if entry.name in self._named:
            self._check_shared(entry, index, spec)
        else:
            self._make(message.name, index, spec, entry)
        parameter = self._named[entry.name] if entry.name else self.parameters[-1]
        self._multiply(parameter, entry, (message.name, index), attributes)
        if entry.HasField("max_rms"):
            self._limit(parameter, entry, (message.name, index))
        return ParameterUse(parameter, spec.shape)

    def _make(self, owner: str, index: int, spec: Spec, entry: schema.ParamSpec) -> None:
        learned = isinstance(spec, ParameterSpec)
        if isinstance(spec, ParameterSpec):
            check(spec.filler, spec.shape)
        parameter = Parameter(
            owner=owner,
            index=index,
            shape=spec.shape,
            filler=spec.filler if isinstance(spec, ParameterSpec) else None,
            learned=learned,
            lr_mult=spec.lr_mult if isinstance(spec, ParameterSpec) else 0.0,
            decay_mult=spec.decay_mult if isinstance(spec, ParameterSpec) else 1.0,
            name=entry.name,
        )
        self.parameters.append(parameter)
        if entry.name:
            self._named[entry.name] = parameter

    def _check_shared(self, entry: schema.ParamSpec, index: int, spec: Spec) -> None:
        owner = self._named[entry.name]
        permissive = entry.share_mode == schema.ParamSpec.PERMISSIVE
        same = agree(count(owner.shape), count(spec.shape)) if permissive else compatible(owner.shape, spec.shape)
        if not same:
            made = f'layer "{owner.owner}" made it {show(owner.shape)}'
            raise ShapeError(
                f'shares parameter "{entry.name}" as {show(spec.shape)}, but {made}',
                path=("param", index),
                hint="" if permissive else "share_mode: PERMISSIVE compares the number of values alone",
            )

    def _multiply(
        self, parameter: Parameter, entry: schema.ParamSpec, user: tuple[str, int], attributes: Attributes
    ) -> None:
        """Set the multipliers that the file gives; layers that share a parameter must agree on them."""
        factors = _factors(attributes)
        first = parameter not in self._group_factors
        if self._group_factors.setdefault(parameter, factors) != factors:
            other = f'layer "{parameter.owner}", whose groups have other multipliers'
            message = f'shares parameter "{entry.name}" with {other}'
            raise OptionError(message, path=("in_group",))
        parameter.frozen = attributes.freeze
        if not parameter.learned:
            return
        for field, factor in factors.items():
            if entry.HasField(field):
                self._check_agreement(entry, user, field)
                setattr(parameter, field, getattr(entry, field) * factor)
            elif first:
                setattr(parameter, field, getattr(parameter, field) * factor)

    def _limit(self, parameter: Parameter, entry: schema.ParamSpec, user: tuple[str, int]) -> None:
        """Set what the kernels' root mean square must not exceed."""
        path = ("param", user[1], "max_rms")
        if not entry.max_rms > 0:
            raise OptionError(
                f"max_rms is {entry.max_rms:g}, must be above 0", path=path, hint="leave it out for kernels of any size"
            )
        if not parameter.learned or len(parameter.shape) < 2:
            kind = f"a blob of shape {show(parameter.shape)}" if parameter.learned else "a running statistic"
            raise OptionError(f"max_rms limits kernels, and this is {kind}", path=path)
        self._check_agreement(entry, user, "max_rms")
        parameter.max_rms = entry.max_rms

    def _check_agreement(self, entry: schema.ParamSpec, user: tuple[str, int], field: AgreedOn) -> None:
        (layer, index), value = user, getattr(entry, field)
        given, giver = self._given.setdefault((entry.name, field), (value, layer)) if entry.name else (value, layer)
        if given != value:
            message = f'shares parameter "{entry.name}" with {field} {value:g}, but layer "{giver}" gave {given:g}'
            raise OptionError(message, path=("param", index, field))


def _factors(attributes: Attributes) -> dict[Multiplier, float]:
    """Return by what a layer's groups multiply; a frozen one does not learn."""
    return {"lr_mult": 0.0 if attributes.freeze else attributes.lr_mult, "decay_mult": attributes.decay_mult}
