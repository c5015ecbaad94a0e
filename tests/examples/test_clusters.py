from __future__ import annotations

import argparse
import re
import subprocess
from pathlib import Path

import pytest

from netdef.cli import train

ROOT = Path(__file__).parents[2]
SCRIPTS = ("slurm.sh", "two_nodes.sh")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_one_that_bash_reads(name: str) -> None:
    path = ROOT / "examples" / name
    assert path.stat().st_mode & 0o111
    done = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", SCRIPTS)
def test_its_flags_are_those_of_netdef_train(name: str) -> None:
    text = (ROOT / "examples" / name).read_text().replace("\\\n", " ")
    (line,) = re.findall(r"-m netdef train (.*?) \"\$@\"", text)
    parser = argparse.ArgumentParser()
    train.configure(parser)
    arguments = parser.parse_args(line.replace('"', "").split())
    assert (arguments.solver, arguments.snapshot) == ("$solver", "latest")
