"""All comparisons of speed in one run: ``make bench``, or ``python -m benchmarks.speed`` in the repository's folder.

Each contender has a process of its own; in every round each has a turn, so that a busy machine slows all alike. The
table is printed, and saved with all times as text and JSON in ``--out``. ``--quick`` only shows that all of it runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.contest.contest import hold
from benchmarks.contest.contests import contests
from benchmarks.contest.machine import description, has_bfloat16
from benchmarks.contest.others import install
from benchmarks.contest.table import object_of, text_of

# What is measured by scripts of its own, whose output follows the contests.
SCRIPTS = {
    "Updates": ("benchmarks.update_rules",),
    "Start": ("benchmarks.start_up",),
    "Python's share": ("benchmarks.profiles.python_share",),
    "Data": ("benchmarks.data", "--seconds", "1", "--rounds", "3"),
    "Databases": ("benchmarks.databases",),
    "Memory": ("benchmarks.memory",),
    "Growth": ("benchmarks.growth", "--layers", "1250,5000"),
}
OWN = dict.fromkeys(("netdef", "PyTorch"), sys.executable)


def run(options: argparse.Namespace) -> int:
    """Hold all contests whose titles have the word asked for."""
    start = time.monotonic()
    folder: Path = options.out
    folder.mkdir(parents=True, exist_ok=True)
    if not options.quick and (code := subprocess.run([sys.executable, "-m", "benchmarks.twins.agreement"]).returncode):
        return code
    pythons = OWN if options.quick or options.own else {**OWN, **install(folder / "engines")}
    if options.caffe:
        pythons = {**pythons, "Caffe": options.caffe}
    facts = description(pythons)
    texts, objects = ["\n".join(f"- {name}: {value}" for name, value in facts.items())], []
    print(texts[0], flush=True)
    for contest in contests(bfloat16=has_bfloat16(), caffe=bool(options.caffe), quick=options.quick):
        if options.only in contest.title:
            outcome = hold(contest, pythons, options.threads, options.seconds, options.clock)
            texts.append(text_of(outcome))
            objects.append(object_of(outcome))
            print(f"\n{texts[-1]}", flush=True)
    for title, words in () if options.quick or options.only else SCRIPTS.items():
        texts.append(f"### {title}\n\n{output(words)}")
        print(f"\n{texts[-1]}", flush=True)
    texts.append(f"All of it took {(time.monotonic() - start) / 60:.1f} minutes.")
    print(f"\n{texts[-1]}")
    save(folder, "\n\n".join(texts), {"machine": facts, "contests": objects})
    return 0


def output(words: Sequence[str]) -> str:
    """Run a script and return what it prints, or how it failed."""
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True)
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return done.stdout.strip() if done.returncode == 0 else f"{words[0]} failed: {last}"


def save(folder: Path, text: str, found: dict[str, Any]) -> None:
    (folder / "table.md").write_text(f"{text}\n")
    (folder / "table.json").write_text(json.dumps(found, indent=1))


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each contest; three rounds at least")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--clock", choices=("wall", "processor"), default="wall", help="processor: of all threads")
    parser.add_argument("--only", default="", metavar="WORD", help="contests with this in their titles, no scripts")
    parser.add_argument("--own", action="store_true", help="netdef and PyTorch alone: install nothing")
    parser.add_argument(
        "--caffe", metavar="PYTHON", help="an interpreter that can import Caffe, for steps beside its own"
    )
    parser.add_argument("--quick", action="store_true", help="a few rounds of the smallest net")
    parser.add_argument("--out", type=Path, default=Path("runs/bench"))
    return run(parser.parse_args(words))


if __name__ == "__main__":
    sys.exit(main())
