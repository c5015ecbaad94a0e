"""Names and numbers as people read them."""

from __future__ import annotations

from netdef.layers.shape import Shape, show
from netdef.schema import netdef_pb2 as schema

UNKNOWN = "?"
LONGEST = 40
STEP = 1000


def printable(text: str) -> str:
    """Write every character that cannot be printed as its escape: a new line becomes ``\\n``."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def short(text: str, longest: int = LONGEST) -> str:
    """Cut the middle out of what is longer than ``longest`` characters."""
    if len(text) <= longest:
        return text
    tail = longest // 2
    return f"{text[: longest - tail - 1]}…{text[-tail:]}"


def exact(number: int | None) -> str:
    """Write a number in groups of three digits: ``60,965,224``."""
    return UNKNOWN if number is None else f"{number:,}"


def rounded(number: int | None) -> str:
    """Write a number with three digits and a letter: ``724 M``."""
    return UNKNOWN if number is None else _scaled(number, ("", " k", " M", " G", " T", " P"))


def in_bytes(number: int | None) -> str:
    """Write an amount of memory: ``244 MB``, where 1 MB is 1,000,000 bytes."""
    return UNKNOWN if number is None else _scaled(number, (" B", " kB", " MB", " GB", " TB", " PB"))


def _scaled(number: int, units: tuple[str, ...]) -> str:
    value, step = float(number), 0
    while value >= STEP - 0.5 and step < len(units) - 1:
        value, step = value / STEP, step + 1
    digits = 0 if step == 0 or value >= STEP / 10 else 1 if value >= STEP / 100 else 2
    return f"{value:.{digits}f}{units[step]}"


def shape_words(shape: Shape | None) -> str:
    """Write a shape, ``?`` where not even its axes are known."""
    return UNKNOWN if shape is None else show(shape)


def channel_words(start: int, stop: int) -> str:
    """Write channels as the first and the last: ``0–47``."""
    return str(start) if stop == start + 1 else f"{start}–{stop - 1}"


def _state(state: schema.NetState) -> str:
    """Write a state without saying that it is one: ``TEST, stage deploy``."""
    stages = [f"stage {printable(stage)}" for stage in state.stage]
    level = [f"level {state.level}"] if state.level else []
    return ", ".join([schema.Phase.Name(state.phase), *stages, *level])


def state_words(*states: schema.NetState) -> str:
    """Write states: ``phase TEST, stage deploy``, ``phases TRAIN and TEST``, ``phases TRAIN; TEST, stage deploy``."""
    words = [_state(state) for state in states]
    between = "; " if any("," in word for word in words) else " and "
    return f"phase{'s' if len(states) > 1 else ''} {between.join(words)}"
