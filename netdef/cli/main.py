"""The ``netdef`` command: finds the verb, reads its flags, and turns errors into messages and exit codes."""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from netdef.cli.flags import as_argparse
from netdef.cli.process import collect_seldom, wait_patiently
from netdef.errors import NetdefError
from netdef.memory import telling_of_shortage
from netdef.suggest import nearest

HERE = Path(__file__).parent
HELP = ("help", "h")
WRONG_USAGE = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 if all went well, 1 for errors, 2 for wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    wait_patiently()
    collect_seldom()
    try:
        with telling_of_shortage():
            code = _dispatch(words)
        sys.stdout.flush()
    except NetdefError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output went away (netdef … | head): say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    return code


def verbs() -> dict[str, Path]:
    """Return the file of each verb: those in this folder that say how to configure a parser."""
    files = (path for path in sorted(HERE.glob("*.py")) if "\ndef configure(" in path.read_text("utf-8"))
    return {path.stem.replace("_", "-"): path for path in files}


def title(file: Path) -> str:
    """Return the first line of a verb's docstring, without importing the file."""
    docstring = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return docstring.partition("\n")[0]


def overview() -> str:
    """Return the list of verbs with their titles."""
    lines = [f"  {verb:<20} {title(file)}" for verb, file in verbs().items()]
    return "\n".join(["usage: netdef VERB [flags]     netdef VERB --help", "", *lines])


def _dispatch(words: Sequence[str]) -> int:
    if not words or words[0].lstrip("-") in HELP:
        print(overview())
        return 0 if words else WRONG_USAGE
    verb = words[0].replace("_", "-")
    if verb not in verbs():
        print(f"netdef: unknown verb {words[0]!r}; {_way_out(verb)}", file=sys.stderr)
        return WRONG_USAGE
    return _run(verb, words[1:])


def _way_out(verb: str) -> str:
    known = verbs()
    near = nearest(verb, known)
    return f"did you mean {near}?" if near else f"verbs: {', '.join(known)}"


def _run(verb: str, words: Sequence[str]) -> int:
    module = importlib.import_module(f"netdef.cli.{verb.replace('-', '_')}")
    parser = argparse.ArgumentParser(f"netdef {verb}", description=module.__doc__, allow_abbrev=False)
    module.configure(parser)
    arguments = parser.parse_args(as_argparse(parser, words))
    code: int = module.run(arguments)
    return code


if __name__ == "__main__":
    sys.exit(main())
