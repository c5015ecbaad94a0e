"""The phases and stages that a net's rules speak of: what to build where nobody says which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netdef.graph.rules import included
from netdef.schema import netdef_pb2 as schema

BOTH = (schema.TRAIN, schema.TEST)


def mentioned_states(net: schema.NetParameter) -> list[schema.NetState]:
    """Return TRAIN and TEST as the net stands, and every phase and set of stages that an include rule names.

    Left out are states in which no layer starts the data flow, unless all are so; and phases that a net without a loss
    is not meant for, as TRAIN for one whose layers between are there in TEST alone.
    """
    states: list[schema.NetState] = []
    for state in _candidates(net):
        if state not in states:
            states.append(state)
    states = fed(net, states) or [state for state in states if not state.stage]
    return [state for state in states if _is_whole(net, state) or _has_loss(net, state)] or states


def _is_whole(net: schema.NetParameter, state: schema.NetState) -> bool:
    """Tell whether every bottom that any layer of the file makes is made by one that takes part."""
    parts = [layer for layer in net.layer if included(layer, state)]
    made = {top for layer in parts for top in layer.top}
    elsewhere = {top for layer in net.layer for top in layer.top} - made
    return not any(bottom in elsewhere for layer in parts for bottom in layer.bottom)


def _has_loss(net: schema.NetParameter, state: schema.NetState) -> bool:
    return any(layer.loss_weight or layer.type.endswith("Loss") for layer in net.layer if included(layer, state))


def fed(net: schema.NetParameter, states: Iterable[schema.NetState]) -> list[schema.NetState]:
    """Return the states in which a layer starts the data flow."""
    return [state for state in states if _has_source(net, state)]


def _has_source(net: schema.NetParameter, state: schema.NetState) -> bool:
    return any(layer.top and not layer.bottom and included(layer, state) for layer in net.layer)


def _candidates(net: schema.NetParameter) -> Iterator[schema.NetState]:
    for phase in BOTH:
        yield state_of(net, schema.NetState(phase=phase))
    for layer in net.layer:
        for rule in layer.include:
            if rule.stage:
                phases = (rule.phase,) if rule.HasField("phase") else BOTH
                level = rule.min_level if rule.HasField("min_level") else rule.max_level
                for phase in phases:
                    yield state_of(net, schema.NetState(phase=phase, level=level, stage=rule.stage))


def state_of(net: schema.NetParameter, state: schema.NetState) -> schema.NetState:
    """Return a state on top of what the net says of its own; the phase is the given one."""
    merged = schema.NetState()
    merged.MergeFrom(net.state)
    merged.MergeFrom(state)
    return merged
