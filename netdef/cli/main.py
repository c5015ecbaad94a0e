"""The ``netdef`` command: finds the verb, reads its flags, and turns errors into messages and exit codes."""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from netdef.cli.flags import as_argparse
from netdef.errors import NetdefError

HERE = Path(__file__).parent
NO_VERBS = {"__init__", "main"}
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code: 0 if all went well, 1 for errors, 2 for wrong usage."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0].lstrip("-") in ("help", "h"):
        print(overview())
        return 0 if words else 2
    verb = words[0].replace("_", "-")
    if verb not in verbs():
        near = difflib.get_close_matches(verb, verbs(), n=1)
        hint = f"did you mean {near[0]}?" if near else f"verbs: {', '.join(verbs())}"
        print(f"netdef: unknown verb {words[0]!r}; {hint}", file=sys.stderr)
        return 2
    return _run(verb, words[1:])


def verbs() -> dict[str, Path]:
    """Return the file of each verb: those in this folder that say how to configure a parser."""
    files = (path for path in sorted(HERE.glob("*.py")) if path.stem not in NO_VERBS)
    return {path.stem.replace("_", "-"): path for path in files if "def configure(" in path.read_text("utf-8")}


def overview() -> str:
    """Return the list of verbs, each with the first line of its file, without importing them."""
    lines = ["usage: netdef VERB [flags]     netdef VERB --help", ""]
    for verb, path in verbs().items():
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        lines.append(f"  {verb:<20} {docstring.splitlines()[0]}")
    return "\n".join(lines)


def _run(verb: str, words: Sequence[str]) -> int:
    module = importlib.import_module(f"netdef.cli.{verb.replace('-', '_')}")
    parser = argparse.ArgumentParser(f"netdef {verb}", description=module.__doc__)
    module.configure(parser)
    arguments = parser.parse_args(as_argparse(parser, words))
    try:
        code: int = module.run(arguments)
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


if __name__ == "__main__":
    sys.exit(main())
