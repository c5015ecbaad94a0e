"""Docstrings taken apart: the sentence, the text below it, and what stands under ``Bottom:``, ``Raises:`` and so on."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass

from docs.generator.markdown import plain

HEADINGS = ("Bottom", "Top", "Parameters", "State", "Raises", "Source")
HEADING = re.compile(rf"(?:^|(?<=\s))({'|'.join(HEADINGS)}): ")
FORMULA = re.compile(r"^(?:[A-Z_]{3,}(?:, [^:]*)?: |[A-Za-z]\w*(?:\[[^]]*\])? [=←] )", re.MULTILINE)


@dataclass(frozen=True)
class Docstring:
    """A docstring's first sentence, the paragraphs after it, and its headed parts."""

    sentence: str
    paragraphs: list[str]
    parts: dict[str, str]

    def body(self) -> str:
        """Return the paragraphs as Markdown; those with formulas or cases keep their lines."""
        return "\n\n".join(_code(text) if FORMULA.search(text) else plain(text) for text in self.paragraphs)


def docstring(thing: object) -> Docstring:
    """Take apart the docstring of a class."""
    sentence, *paragraphs = (inspect.getdoc(thing) or "").split("\n\n")
    headed = [text for text in paragraphs if HEADING.match(text)]
    return Docstring(
        " ".join(sentence.split()), [text for text in paragraphs if text not in headed], _parts("\n".join(headed))
    )


def _parts(text: str) -> dict[str, str]:
    pieces = HEADING.split(text)[1:]
    return {heading: " ".join(rest.split()) for heading, rest in zip(pieces[::2], pieces[1::2], strict=True)}


def _code(text: str) -> str:
    return f"```text\n{text.replace('``', '')}\n```"
