"""The commands and the code in the texts for people are such as run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from docs.generator.command_line import parser_of
from netdef.cli.flags import as_argparse
from netdef.cli.main import verbs

ROOT = Path(__file__).parents[2]
TEXTS = sorted({*ROOT.glob("*.md"), *(ROOT / "examples").rglob("*.md"), *(ROOT / "docs").rglob("*.md")})
MODELS = [*(ROOT / "models").glob("*.prototxt"), *(ROOT / "solvers").glob("*.prototxt")]
SHELL = re.compile(r"^```sh\n((?:.*\n)*?)```$|^((?:#   |    )netdef .*\n)", re.MULTILINE)
COMMAND = re.compile(r"^(?:#   |    )?(?:netdef |tools/caffe )(.*?)(?: {2,}.*)?$", re.MULTILINE)
PATH = re.compile(r"\b(?:models|solvers)/(?!photos|mine)\w+\.prototxt")


def commands() -> list[str]:
    """The commands in blocks for the shell, indented or in comments of models, without the remarks after them."""
    texts = (path.read_text("utf-8") for path in [*TEXTS, *MODELS] if path.name != "command-line.md")
    blocks = ("".join(pair) for text in texts for pair in SHELL.findall(text))
    return sorted({command.partition(" #")[0] for block in blocks for command in COMMAND.findall(block)})


def test_there_are_commands_to_check() -> None:
    assert len(commands()) > 20
    assert "check models/lenet.prototxt" in commands()


@pytest.mark.parametrize("command", commands())
def test_commands_have_a_verb_and_flags_that_are_there(command: str) -> None:
    verb, *words = shlex.split(command)
    assert verb in verbs()
    parser = parser_of(verb)
    parser.parse_args(as_argparse(parser, words))
    assert [path for path in PATH.findall(command) if not (ROOT / path).exists()] == []


def python_blocks(path: Path) -> list[str]:
    return [dedent(block) for block in re.findall(r"^ *```python\n(.*?)^ *```$", path.read_text("utf-8"), re.M | re.S)]


def test_the_layer_in_the_readme_passes_its_test(tmp_path: Path) -> None:
    blocks = (block for block in python_blocks(ROOT / "README.md") if "Mish" in block)
    layer, test = (block.replace('"Mish"', '"ReadmesMish"') for block in blocks)  # there may be a Mish by now
    (tmp_path / "mish.py").write_text(layer, "utf-8")
    program = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport mish\n{test}\ntest_matches_the_formula()"
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)


def test_the_python_code_in_the_readme_uses_what_is_there() -> None:
    (code,) = (block for block in python_blocks(ROOT / "README.md") if "netdef.load(" in block)
    import netdef

    names = set(re.findall(r"netdef\.(\w+)", code))
    assert names == {"load", "open_training"}
    assert all(hasattr(netdef, name) for name in names)
