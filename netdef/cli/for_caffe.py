"""A net or solver without what is netdef's own, so that Caffe reads it and computes the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from netdef.cli.group_factors import write_factors
from netdef.errors import DefinitionError, Problem
from netdef.prototxt.tree import Field, Message, Scalar, elements
from netdef.schema import netdef_pb2 as schema
from netdef.schema.bind.fields import descriptor_of
from netdef.schema.own import FIRST_OWN, HARMLESS, LAYER_TYPES, POLICIES, is_own

WORDS = {"type": ("LayerParameter", "layer type", LAYER_TYPES), "lr_policy": ("SolverParameter", "policy", POLICIES)}
WAY_OUT = "Caffe would compute something else: take it out, or say it in Caffe's words"


def for_caffe(tree: Message, message: schema.NetParameter | schema.SolverParameter) -> Counter[str]:
    """Take netdef's own fields out of a tree and return how often each was there; ``message`` is what the tree means.

    The factors of layer groups are multiplied into the layers' ``param``.

    Raises: DefinitionError with everything that changes numbers and that Caffe has no words for.
    """
    for net, meant in _nets(tree, message):
        write_factors(net, meant)
    removal = _Removal()
    removal.clean(tree, descriptor_of(type(message)))
    if removal.problems:
        raise DefinitionError(removal.problems)
    return removal.dropped


def _nets(
    tree: Message, message: schema.NetParameter | schema.SolverParameter
) -> Iterator[tuple[Message, schema.NetParameter]]:
    """Go through the nets of a file: itself, or those that stand inside a solver."""
    if isinstance(message, schema.NetParameter):
        yield tree, message
        return
    for name in ("net_param", "train_net_param", "test_net_param"):
        blocks = [value for entry in tree.named(name) for value in elements(entry.value)]
        meant = getattr(message, name)
        for block, net in zip(blocks, meant if name == "test_net_param" else [meant], strict=False):
            if isinstance(block, Message):
                yield block, net


@dataclass
class _Removal:
    """The removal of own fields from one tree."""

    dropped: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def clean(self, block: Message, descriptor: Descriptor) -> None:
        block.fields = [entry for entry in block.fields if not self._goes(entry, descriptor)]

    def _goes(self, entry: Field, descriptor: Descriptor) -> bool:
        """Tell whether a field goes; one that stays is cleaned inside."""
        rule: Any = descriptor.fields_by_name[entry.name]
        if is_own(rule):
            if entry.name not in HARMLESS and not all(_is_default(value, rule) for value in elements(entry.value)):
                self._refuse(entry, f"{entry.name} is netdef's own")
            self.dropped[entry.name] += 1
            return True
        for value in elements(entry.value):
            if isinstance(value, Message):
                self.clean(value, rule.message_type)
            else:
                self._check_word(entry, value, rule)
        return False

    def _check_word(self, entry: Field, value: Scalar, rule: FieldDescriptor) -> None:
        holder, what, known = WORDS.get(entry.name, ("", "", frozenset()))
        if rule.containing_type is not None and rule.containing_type.name == holder:
            word = value.content.decode()
            if word not in known:
                self._refuse(entry, f'the {what} "{word}" is netdef\'s own')
        if rule.enum_type is not None:
            meant = rule.enum_type.values_by_name.get(value.text)
            if meant is not None and meant.number >= FIRST_OWN:
                self._refuse(entry, f"{entry.name}: {value.text} is netdef's own")

    def _refuse(self, entry: Field, message: str) -> None:
        self.problems.append(Problem(message, entry.place, WAY_OUT))


def _is_default(value: Scalar | Message, rule: FieldDescriptor) -> bool:
    if isinstance(value, Message):
        return False
    default = rule.default_value
    return value.text == (str(default).lower() if isinstance(default, bool) else f"{default:g}")
