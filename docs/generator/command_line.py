"""The page on the command line, from the flags that each verb adds to its parser."""

from __future__ import annotations

import argparse
import importlib
from textwrap import wrap

from docs.generator.markdown import page, plain, table
from netdef.cli.main import verbs

WIDTH, NO_BREAK = 110, "\0"
INTRO = """Flags are taken with one dash or two, with `=` or a space, with `-` or `_`, and a switch also as
`--flag=false` or `--noflag`: scripts written for Caffe's tools run. `netdef VERB --help` says the same as this page.

Exit codes: 0 if all went well, 1 for errors, 2 for a wrong command line, 130 if interrupted."""


def command_line_page() -> str:
    """Return the page."""
    return page("# The command line", INTRO, *(_verb(verb) for verb in verbs()))


def parser_of(verb: str) -> argparse.ArgumentParser:
    """Return the parser of a verb, as the command makes it."""
    module = importlib.import_module(f"netdef.cli.{verb.replace('-', '_')}")
    parser = argparse.ArgumentParser(f"netdef {verb}", description=module.__doc__, add_help=False)
    module.configure(parser)
    return parser


def _verb(verb: str) -> str:
    parser = parser_of(verb)
    rows = [(_name(action), _meaning(action)) for action in parser._actions]
    parts = [f"## {verb}", plain(" ".join((parser.description or "").split())), _usage(parser)]
    flags = table(("flag", "meaning"), rows) if rows else ""
    return "\n\n".join(part for part in (*parts, flags, plain(parser.epilog or "")) if part)


def _usage(parser: argparse.ArgumentParser) -> str:
    words = [_word(action).replace(" ", NO_BREAK) for action in parser._actions]
    own = (parser.usage or "") % {"prog": parser.prog}
    lines = own.splitlines() or wrap(
        " ".join([parser.prog, *words]), WIDTH, subsequent_indent="    ", break_on_hyphens=False
    )
    return "```sh\n{}\n```".format("\n".join(line.replace(NO_BREAK, " ").removeprefix("       ") for line in lines))


def _word(action: argparse.Action) -> str:
    word = f"{action.option_strings[-1] if action.option_strings else ''} {_value(action)}".strip()
    word += " …" if action.nargs in ("*", "+") else ""
    return f"[{word}]" if action.nargs in ("?", "*") or (action.option_strings and not action.required) else word


def _name(action: argparse.Action) -> str:
    names = ", ".join(action.option_strings)
    return f"`{f'{names} {_value(action)}'.strip()}`"


def _value(action: argparse.Action) -> str:
    """Return how a flag's value is shown; nothing for a switch."""
    if action.nargs == 0:
        return ""
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return action.dest.upper() if action.option_strings else action.dest


def _meaning(action: argparse.Action) -> str:
    text = (action.help or "") % {**vars(action), "prog": ""} if action.help else ""
    return plain(text)
