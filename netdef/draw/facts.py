"""What a diagram says of a layer's options, in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from netdef.draw.words import printable, rounded, shape_words, short
from netdef.errors import LayerError
from netdef.graph.graph import Node
from netdef.layers.pooling_windows import read_pooling_windows
from netdef.layers.windows import read_windows
from netdef.schema import netdef_pb2 as schema

IMAGE_AXES = 2
LONGEST_PATH = 30
MOST_VALUES = 4
SHORTER = {"batch_size": "batch", "crop_size": "crop", "dropout_ratio": "ratio", "bias_term": "bias"}
SILENT = {"engine", "weight_filler", "bias_filler", "filler", "backend", "prefetch", "record_shape", "shape"}
SILENT |= {"code"}  # a table, too large for a box
NEUTRAL = {"group", "scale"}  # whose default changes nothing, said or not
WINDOW_FIELDS = {
    *("num_output", "kernel_size", "kernel_h", "kernel_w", "stride", "stride_h", "stride_w"),
    *("pad", "pad_h", "pad_w", "dilation", "pool", "global_pooling"),
}


def options(node: Node) -> tuple[str, ...]:
    """Return the options that the file gives to a layer, windows in the short form ``5×5, pad 2 → 256``."""
    message = node.layer.message
    if message.HasField("convolution_param"):
        return (_convolution(node), *_plain(message.convolution_param, WINDOW_FIELDS))
    if message.HasField("pooling_param"):
        return (_pooling(message.pooling_param), *_plain(message.pooling_param, WINDOW_FIELDS))
    if message.HasField("input_param"):
        return tuple(dict.fromkeys(shape_words(top.shape) for top in node.tops))
    if message.HasField("inner_product_param"):
        outputs = f"→ {message.inner_product_param.num_output}"
        return (outputs, *_plain(message.inner_product_param, {"num_output"}))
    return tuple(_all_plain(message))


def _convolution(node: Node) -> str:
    given = node.layer.message.convolution_param
    shape = node.bottoms[0].shape if node.bottoms else None
    axes = len(shape) - given.axis - 1 if shape and given.axis >= 0 else IMAGE_AXES
    outputs = f"→ {given.num_output}" if given.num_output else ""
    with suppress(LayerError):  # layers of other types may hold windows that are none
        windows = read_windows(given, axes)
        return f"{_windows(windows.kernel, windows.stride, windows.pad, windows.dilation)} {outputs}".rstrip()
    return outputs


def _pooling(given: schema.PoolingParameter) -> str:
    method = schema.PoolingParameter.PoolMethod.Name(given.pool).lower()
    if given.global_pooling:
        return f"{method}, global"
    with suppress(LayerError):
        windows = read_pooling_windows(given)
        return f"{method} {_windows(windows.kernel, windows.stride, windows.pad)}"
    return method


def _windows(
    kernel: tuple[int, ...], stride: tuple[int, ...], pad: tuple[int, ...], dilation: tuple[int, ...] = ()
) -> str:
    """Write a kernel in full, the others where they differ from what they usually are."""
    words = ["×".join(map(str, kernel))]
    for name, numbers, usual in (("stride", stride, 1), ("pad", pad, 0), ("dilation", dilation, 1)):
        if any(number != usual for number in numbers):
            words.append(f"{name} {_axes(numbers)}")
    return ", ".join(words)


def _axes(numbers: tuple[int, ...]) -> str:
    return str(numbers[0]) if len(set(numbers)) == 1 else "×".join(map(str, numbers))


def _all_plain(message: schema.LayerParameter) -> Iterator[str]:
    for field, value in sorted(message.ListFields(), key=lambda item: item[0].name == "transform_param"):
        if field.name.endswith("_param") and isinstance(value, Message):
            yield from _plain(value, set())


def _plain(given: Message, left_out: set[str]) -> Iterator[str]:
    for field, value in given.ListFields():
        if field.message_type is None and field.name not in SILENT | left_out and not _usual(field, value):
            yield _field(field, value)


def _usual(field: FieldDescriptor, value: Any) -> bool:
    """Whether a value that is said says nothing: a switch in its usual position, one group, a factor of 1."""
    return (field.type == FieldDescriptor.TYPE_BOOL or field.name in NEUTRAL) and bool(value == field.default_value)


def _field(field: FieldDescriptor, value: Any) -> str:
    name = SHORTER.get(field.name, field.name.replace("_", " "))
    if field.name == "source":
        return _path(value)
    if field.type == FieldDescriptor.TYPE_BOOL:
        return name if value else f"no {name}"
    if field.is_repeated:
        more = " …" if len(value) > MOST_VALUES else ""
        return f"{name} {' '.join(_value(field, one) for one in value[:MOST_VALUES])}{more}"
    return _value(field, value) if field.enum_type else f"{name} {_value(field, value)}"


def _value(field: FieldDescriptor, value: Any) -> str:
    if field.enum_type:
        return str(field.enum_type.values_by_number[value].name).lower()
    return f"{value:g}" if isinstance(value, float) else short(printable(str(value)), LONGEST_PATH)


def _path(path: str) -> str:
    """Write a path, of a long one its last part."""
    last = path.rstrip("/").rpartition("/")[2]
    return short(printable(path if len(path) <= LONGEST_PATH else f"…/{last}"), LONGEST_PATH)


def cost(parameters: int | None, macs: int | None) -> str:
    """Write what a layer learns and computes: ``34,944 parameters, 105 M MACs``; nothing for neither."""
    words = [f"{parameters:,} parameters" if parameters else "? parameters" if parameters is None else ""]
    words.append("" if macs == 0 else f"{rounded(macs)} MACs")
    return ", ".join(word for word in words if word)


def losses(node: Node) -> str:
    """Name the weights of the losses among a layer's tops."""
    weights = [f"{weight:g}" for weight in node.loss_weights if weight]
    return f"loss weight {' '.join(weights)}" if weights else ""


def rates(node: Node) -> str:
    """Name the learning-rate multipliers of a layer's learnable blobs."""
    multipliers = [f"{use.parameter.lr_mult:g}" for use in node.blobs if use.parameter.learned]
    return f"lr_mult {' '.join(multipliers)}" if multipliers else ""
