"""Nets written in Python: calls of ``layers``, whose results are the bottoms of further calls, make a NetParameter.

    n = NetSpec()
    n.data, n.label = layers.Data(source="mnist_lmdb", batch_size=64, ntop=2)
    n.ip1 = layers.InnerProduct(n.data, num_output=10)
    n.relu1 = layers.ReLU(n.ip1, in_place=True)
    n.to_proto()

A layer is called as its first top is; one that has no name gets its type and a number: ``Convolution1``.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message

from netdef.errors import OptionError, UsageError
from netdef.layers.register import layer_type
from netdef.schema import netdef_pb2 as schema
from netdef.suggest import did_you_mean

PARAMETER = "Parameter"
OPTIONS = "_param"
_OPTIONS_OF_TYPE = {
    field.message_type.name.removesuffix(PARAMETER): field.name
    for field in schema.LayerParameter.DESCRIPTOR.fields
    if field.name.endswith(OPTIONS) and field.message_type is not None
}


class TopError(UsageError, TypeError):
    """A bottom that is no top of another call."""


class FieldError(UsageError, AttributeError):
    """A field or an option that is not there."""


@dataclass(frozen=True, eq=False)
class Top:
    """One top of a call: what other calls take as a bottom."""

    fn: Function
    n: int

    def to_proto(self) -> schema.NetParameter:
        """Return the net that ends here."""
        return to_proto(self)


class Function:
    """One call: a layer's type, its bottoms, and its options.

    ``ntop`` is the number of tops, ``in_place`` writes them over the bottoms; everything else is an option, of the
    layer itself or of the message of its type.

    Raises: TopError for a bottom that is none.
    """

    def __init__(self, type_name: str, inputs: Sequence[object], params: Mapping[str, Any]) -> None:
        options = dict(params)
        self.type_name = type_name
        self.inputs = tuple(_top(type_name, number, bottom) for number, bottom in enumerate(inputs))
        self.ntop: int = options.pop("ntop", 1)
        self.in_place: bool = options.pop("in_place", False)
        self.params = options
        self.tops = tuple(Top(self, number) for number in range(self.ntop))

    def message(self, name: str, bottoms: Sequence[str], tops: Sequence[str]) -> schema.LayerParameter:
        """Return the layer with these names.

        Raises: FieldError for an option that is not there; TypeError, ValueError or AttributeError for a value of the
        wrong kind.
        """
        layer = schema.LayerParameter(name=name, type=self.type_name, bottom=bottoms, top=tops)
        for option, value in self.params.items():
            holder = self._holder(layer, option)
            try:
                assign_proto(holder, option, value)
            except FieldError:
                self._check_type()
                raise
            except (TypeError, ValueError, AttributeError) as error:
                error.add_note(f"in the option {option} of {self.type_name}, which is {value!r}")
                raise
        return layer

    def _check_type(self) -> None:
        """Raise a FieldError if there is no such type of layers."""
        try:
            layer_type(self.type_name)
        except OptionError as error:
            raise FieldError(f"{error.message}; {error.hint}") from None

    def _holder(self, layer: schema.LayerParameter, option: str) -> Message:
        """Return the message that an option goes into: that of the layer's type, if it has one of that name."""
        options = _OPTIONS_OF_TYPE.get(self.type_name)
        if options is None or option.endswith("param"):
            return layer
        inner: Message = getattr(layer, options)
        if option in inner.DESCRIPTOR.fields_by_name or option not in layer.DESCRIPTOR.fields_by_name:
            return inner
        return layer


def _top(type_name: str, number: int, bottom: object) -> Top:
    if not isinstance(bottom, Top):
        # In pycaffe's words, which its scripts and tests look for.
        raise TopError(f"{type_name} input {number} is not a Top (type is {type(bottom)})")
    return bottom


class NetSpec:
    """A net in the making: its attributes (or items, for names that Python refuses) are tops, by their names."""

    tops: OrderedDict[str, Top | Function]

    def __init__(self) -> None:
        super().__setattr__("tops", OrderedDict())

    def __setattr__(self, name: str, value: Top | Function) -> None:
        self.tops[name] = value

    def __getattr__(self, name: str) -> Any:
        if name not in self.tops:
            raise AttributeError(f"the net has no top {name!r}; it has: {', '.join(self.tops) or 'none'}")
        return self.tops[name]

    def __delattr__(self, name: str) -> None:
        del self.tops[name]

    __setitem__ = __setattr__
    __getitem__ = __getattr__
    __delitem__ = __delattr__

    def to_proto(self) -> schema.NetParameter:
        """Return the net: every layer that a named top needs, bottoms first."""
        writer = _Writer({value: name for name, value in self.tops.items()})
        for value in self.tops.values():
            writer.add(value.fn if isinstance(value, Top) else value)
        return writer.net


class _Writer:
    """The writing of one net; names that are not given are counted by type."""

    def __init__(self, names: Mapping[Top | Function, str]) -> None:
        self.net = schema.NetParameter()
        self.names = dict(names)
        self.automatic: Counter[str] = Counter()
        self.written: dict[Function, schema.LayerParameter] = {}

    def add(self, function: Function) -> None:
        """Write a layer, after those that make its bottoms."""
        if function in self.written:
            return
        for bottom in function.inputs:
            self.add(bottom.fn)
        bottoms = [self.written[bottom.fn].top[bottom.n] for bottom in function.inputs]
        tops = bottoms if function.in_place else [self._name(top, function) for top in function.tops]
        name = self._name(function.tops[0] if function.tops else function, function)
        self.written[function] = function.message(name, bottoms, tops)
        self.net.layer.append(self.written[function])

    def _name(self, named: Top | Function, function: Function) -> str:
        if named not in self.names:
            self.automatic[function.type_name] += 1
            self.names[named] = f"{function.type_name}{self.automatic[function.type_name]}"
        return self.names[named]


def to_proto(*tops: Top | Function) -> schema.NetParameter:
    """Return the net of everything that some tops need."""
    writer = _Writer({})
    for top in tops:
        writer.add(top.fn if isinstance(top, Top) else top)
    return writer.net


def assign_proto(message: Message, field: str, value: Any) -> None:
    """Set a message's field: a mapping fills a message, a list or a single value a repeated field.

    Raises: FieldError for a field that is not there.
    """
    known = message.DESCRIPTOR.fields_by_name
    if field not in known:
        hint = did_you_mean(field, known)
        raise FieldError(f"{message.DESCRIPTOR.name} has no field {field}" + (f"; {hint}" if hint else ""))
    inner = getattr(message, field)
    if hasattr(inner, "extend"):
        for item in value if isinstance(value, (list, tuple)) else [value]:
            _append(inner, item)
    elif isinstance(value, Mapping):
        inner.SetInParent()
        for name, content in value.items():
            assign_proto(inner, name, content)
    else:
        setattr(message, field, value)


def _append(repeated: Any, item: Any) -> None:
    if isinstance(item, Mapping):
        added = repeated.add()
        for name, content in item.items():
            assign_proto(added, name, content)
    else:
        repeated.append(item)


class Layers:
    """Layer types by name: ``layers.Convolution(bottom, num_output=20, kernel_size=5)``."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*bottoms: Top, **params: Any) -> Top | tuple[Top, ...] | Function:
            function = Function(name, bottoms, params)
            if not function.tops:
                return function
            return function.tops[0] if len(function.tops) == 1 else function.tops

        return call


class Parameters:
    """Values of options by the message that has them: ``params.Pooling.MAX``."""

    def __getattr__(self, name: str) -> Any:
        message = getattr(schema, name + PARAMETER, None)
        if message is None:
            raise AttributeError(f"there are no options {name}{PARAMETER}")
        return message


layers = Layers()
params = Parameters()
