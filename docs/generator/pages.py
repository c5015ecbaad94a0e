"""All pages by their paths below docs/."""

from __future__ import annotations

from docs.generator.command_line import command_line_page
from docs.generator.layers import layer_pages
from docs.generator.templates import template_pages


def pages() -> dict[str, str]:
    """Return the text of every page that is made, by its path below docs/."""
    layers = {f"layers/{name}": text for name, text in layer_pages().items()}
    return layers | template_pages() | {"command-line.md": command_line_page()}
