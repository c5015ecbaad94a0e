"""The error for a word that is none of those a solver field may hold."""

from __future__ import annotations

from collections.abc import Iterable

from netdef.errors import OptionError


def unknown_choice(field: str, found: str, known: Iterable[str]) -> OptionError:
    """Return the error for ``found`` in the solver's ``field``, with the nearest known word as its hint."""
    from difflib import get_close_matches  # slow to import, and needed only after an error

    words = sorted(known)
    by_lower_case = {word.lower(): word for word in words}
    near = get_close_matches(found.lower(), by_lower_case, n=1, cutoff=0.6)
    hint = f'did you mean "{by_lower_case[near[0]]}"? ' if near else ""
    return OptionError(
        f'{field} is "{found}", which is unknown', path=(field,), hint=f"{hint}known: {', '.join(words)}"
    )
