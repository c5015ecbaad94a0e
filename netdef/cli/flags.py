"""Flags as Caffe's tools take them: one dash or two, ``=`` or a space, ``_`` or ``-``; also ``--noflag``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

TRUE = {"true", "1", "yes", "t", "y"}
FALSE = {"false", "0", "no", "f", "n"}
GLOG_VALUES = {"--log-dir", "--minloglevel", "--stderrthreshold", "--v", "--vmodule"}
GLOG = {"--alsologtostderr", "--logtostderr", *GLOG_VALUES}
"""Flags of the library that wrote Caffe's logs; old scripts give them, and here they say nothing."""


def as_argparse(parser: argparse.ArgumentParser, words: Sequence[str]) -> list[str]:
    """Rewrite flags to the form that ``parser`` knows; leave everything else as it is, and all that is for others."""
    if any(action.nargs == argparse.REMAINDER for action in parser._actions):
        return list(words)
    known = {option: action for action in parser._actions for option in action.option_strings}
    rewritten: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*rewritten, word, *rest]
        rewritten += _rewrite(known, word)
        if word.startswith("-") and _option(word) in GLOG_VALUES - known.keys():
            next(rest, None)  # its value, which stands behind a space
    return rewritten


def _rewrite(known: dict[str, argparse.Action], word: str) -> Iterator[str]:
    name, equals, value = word.partition("=")
    option = _option(name)
    if not name.startswith("-") or (name in known and not equals):
        yield word
    elif option not in known:
        yield from () if option in GLOG or _is_negated_switch(known, option) else (word,)
    elif equals and known[option].nargs == 0 and value.lower() in TRUE | FALSE:
        yield from (option,) if value.lower() in TRUE else ()
    else:
        yield option + equals + value


def _option(name: str) -> str:
    return "--" + name.lstrip("-").replace("_", "-")


def _is_negated_switch(known: dict[str, argparse.Action], option: str) -> bool:
    """Tell whether this is ``--noflag`` for a switch ``--flag``, which is off by itself."""
    action = known.get("--" + option.removeprefix("--no"))
    return option.startswith("--no") and action is not None and action.nargs == 0
