"""Which layers a phase, level and set of stages takes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netdef.errors import UsageError
from netdef.schema import netdef_pb2 as schema


def included(layer: schema.LayerParameter, state: schema.NetState) -> bool:
    """Tell whether the layer's include or exclude rules let it into a net in ``state``.

    With include rules one must hold; with exclude rules none may.
    Source: Net::FilterNet, net.cpp.
    """
    if layer.include:
        return any(holds(rule, state) for rule in layer.include)
    return not any(holds(rule, state) for rule in layer.exclude)


def holds(rule: schema.NetStateRule, state: schema.NetState) -> bool:
    """Tell whether everything that a rule names is so: phase, levels, all of its stages, none of its not_stages.

    Source: Net::StateMeetsRule, net.cpp.
    """
    stages = set(state.stage)
    return (
        (not rule.HasField("phase") or rule.phase == state.phase)
        and (not rule.HasField("min_level") or state.level >= rule.min_level)
        and (not rule.HasField("max_level") or state.level <= rule.max_level)
        and stages.issuperset(rule.stage)
        and stages.isdisjoint(rule.not_stage)
    )


def refuse_unknown_stages(file: str, net: schema.NetParameter, stages: Sequence[str]) -> None:
    """Refuse stages none of which any rule names, where rules name others: a typing error, that would change nothing.

    Raises: UsageError.
    """
    known = {stage for layer in net.layer for rule in (*layer.include, *layer.exclude) for stage in _named(rule)}
    if stages and known and known.union(net.state.stage).isdisjoint(stages):
        asked, there = (", ".join(f'"{name}"' for name in names) for names in (stages, sorted(known)))
        raise UsageError(f"{file}: no layer has a rule about the stage {asked}; there are rules about {there}")


def _named(rule: schema.NetStateRule) -> Iterator[str]:
    yield from rule.stage
    yield from rule.not_stage


def shown_rules(layer: schema.LayerParameter) -> str:
    """Write a layer's rules as the file does, on one line."""
    rules = [*(("include", rule) for rule in layer.include), *(("exclude", rule) for rule in layer.exclude)]
    return " ".join(f"{kind} {{ {' '.join(str(rule).split())} }}" for kind, rule in rules)
