"""Where an unknown field may belong: a fork of Caffe, another block that has it, or a similar name."""

from __future__ import annotations

from netdef.errors import Problem
from netdef.prototxt.tree import Field
from netdef.schema.bind.block import Block
from netdef.schema.bind.fields import rules_of
from netdef.schema.bind.words import either
from netdef.schema.forks import way_round_field
from netdef.suggest import nearest


def unknown_field(field: Field, block: Block) -> Problem:
    """Return the problem of a field that its block does not have, with the way out if there is one."""
    within = block.dotted() or ("" if block.is_layer else block.descriptor.name)
    text = f'{block.subject()}unknown field "{field.name}"' + (f" in {within}" if within else "")
    foreign = way_round_field(block.descriptor.name, field.name)
    return Problem(text, field.place, foreign or _own_way(field.name, block))


def _own_way(name: str, block: Block) -> str:
    return _elsewhere(name, block) or _similar(name, block) or _other_message(name, block)


def _elsewhere(name: str, block: Block) -> str:
    if homes := _likely(_blocks_with(name, block), block):
        return f"{name} belongs in {either(homes)}"
    for outer in list(block.outwards())[1:]:
        if name in rules_of(outer.descriptor):
            return f"{name} belongs in {_title(outer)}, outside of {block.name}"
        if homes := _likely(_blocks_with(name, outer), outer):
            return f"{name} belongs in {either(homes)}, not in {block.name}"
    return ""


def _blocks_with(name: str, block: Block) -> list[str]:
    rules = rules_of(block.descriptor).values()
    return [rule.name for rule in rules if rule.block and name in rules_of(rule.block)]


def _likely(homes: list[str], block: Block) -> list[str]:
    """Narrow the blocks down to those that are there, or else to the one named after the layer's type."""
    there = {field.name for field in block.tree.fields}
    options = block.says("type").lower() + "param"
    return (
        [home for home in homes if home in there]
        or [home for home in homes if home.replace("_", "") == options]
        or homes
    )


def _title(block: Block) -> str:
    return block.name or block.descriptor.name


def _similar(name: str, block: Block) -> str:
    # Every options block ends in _param: that likeness says nothing.
    stems = {known.removesuffix("_param"): known for known in rules_of(block.descriptor)}
    near = nearest(name.removesuffix("_param"), stems, cutoff=0.75 if name.endswith("_param") else 0.6)
    return f'did you mean "{stems[near]}"?' if near else ""


def _other_message(name: str, block: Block) -> str:
    messages = block.descriptor.file.message_types_by_name.values()
    owners = [message.name for message in messages if name in rules_of(message)]
    return f"{name} is a field of {either(owners)}" if 0 < len(owners) <= 3 else ""
