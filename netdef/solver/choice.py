"""The error for a word that is none of those a solver field may hold."""

from __future__ import annotations

from collections.abc import Iterable

from netdef.errors import OptionError
from netdef.schema.forks import way_round_value
from netdef.suggest import nearest


def unknown_choice(field: str, found: str, known: Iterable[str]) -> OptionError:
    """Return the error for ``found`` in the solver's ``field``, with the nearest known word as its hint."""
    if foreign := way_round_value(field, found):
        return OptionError(f'{field} is "{found}", which is unknown', path=(field,), hint=foreign)
    words = sorted(known)
    by_lower_case = {word.lower(): word for word in words}
    near = nearest(found.lower(), by_lower_case)
    hint = f'did you mean "{by_lower_case[near]}"? ' if near else ""
    message = f'{field} is "{found}", which is unknown' if found else f"{field} is not set"
    return OptionError(message, path=(field,), hint=f"{hint}known: {', '.join(words)}")
