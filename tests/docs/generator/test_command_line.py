from __future__ import annotations

from docs.generator.command_line import command_line_page, parser_of
from netdef.cli.main import verbs

PAGE = command_line_page()


def section(verb: str) -> str:
    return PAGE.split(f"\n## {verb}\n")[1].split("\n## ")[0]


def test_every_verb_and_every_flag_is_there() -> None:
    missing = [
        (verb, flag)
        for verb in verbs()
        for action in parser_of(verb)._actions
        for flag in action.option_strings
        if flag not in section(verb)
    ]
    assert missing == []


def test_what_must_be_given_has_no_brackets() -> None:
    usage = section("train").split("```")[1]
    assert "netdef train --solver S [" in usage
    assert "[--set PATH=VALUE]" in usage


def test_no_line_of_usage_is_long() -> None:
    usages = PAGE.split("```sh\n")[1:]
    assert [line for text in usages for line in text.split("```")[0].splitlines() if len(line) > 110] == []
