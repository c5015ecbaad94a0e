"""Run a Python script that was written for pycaffe: in it, ``import caffe`` means netdef."""

from __future__ import annotations

import argparse
import runpy
import sys
import traceback
from pathlib import Path
from types import TracebackType

from netdef.cli.process import collect_as_ever
from netdef.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("script", metavar="SCRIPT", help="a Python file")
    parser.add_argument("words", metavar="...", nargs=argparse.REMAINDER, help="what the script itself is given")
    parser.epilog = (
        "A script that puts its own Caffe on Python's path (sys.path.insert) gets netdef all the same. Modules beside"
        " the script are found, as by python SCRIPT."
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the script to its end; what it raises is printed from its own lines on.

    Raises: UsageError if there is no such file; SystemExit if the script does.
    """
    from netdef.pycaffe.alias import become_caffe

    script = Path(arguments.script)
    if not script.is_file():
        raise UsageError(f"{script}: there is no such script")
    become_caffe()
    collect_as_ever()
    sys.argv = [arguments.script, *arguments.words]
    sys.path.insert(0, str(script.resolve().parent))
    try:
        runpy.run_path(arguments.script, run_name="__main__")
    except Exception as error:
        traceback.print_exception(error.with_traceback(_from(script, error.__traceback__)))
        return 1
    return 0


def _from(script: Path, trace: TracebackType | None) -> TracebackType | None:
    """Return a traceback without what stands above the script."""
    below = trace
    while below is not None and Path(below.tb_frame.f_code.co_filename) != script:
        below = below.tb_next
    return below or trace
