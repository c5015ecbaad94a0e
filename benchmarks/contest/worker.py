"""A process with one contender in it: prepares a case, then does it for each line it reads, and writes how long.

Started by ``benchmarks.contest.contender``. Each contender has a process of its own since they differ in how the
process uses memory and threads: netdef as its command line sets them, the others as they come.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import time
from collections.abc import Callable

from benchmarks.contest.case import Case, add_case_flags, case_of

ENGINES = {
    "netdef": "netdef_engine",
    "PyTorch": "plain_engine",
    "ONNX Runtime": "onnx_runtime",
    "OpenCV dnn": "opencv_dnn",
    "Caffe": "caffe_steps",
}
SHORT = 0.1  # seconds
MOST = 1000  # times in a turn
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}


def prepare(engine: str, case: Case, threads: int) -> Callable[[], object]:
    """Return what does a case once in an engine."""
    if engine == "netdef":
        from netdef.cli.process import keep_memory, wait_patiently

        wait_patiently()
        keep_memory()
    compute_in(threads, engine)
    made: Callable[[], object] = importlib.import_module(f"benchmarks.engines.{ENGINES[engine]}").prepare(case)
    return made


def compute_in(threads: int, engine: str) -> None:
    if engine == "Caffe":
        os.environ["OPENBLAS_NUM_THREADS"] = str(threads)  # which is read as it is loaded
        return
    import torch

    torch.set_num_threads(threads)


def serve(work: Callable[[], object], clock: Callable[[], float]) -> None:
    """Have a turn for each line that comes, and answer with its seconds."""
    for _ in sys.stdin:
        answer(turn(work, clock))


def turn(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Do the work once, or if that is short again and again for a while, and return the seconds of one time.

    Steps follow each other in use. The first of many does not count: another's turn has filled the caches.
    """
    once = timed(work, clock, 1)
    return once if once > SHORT else timed(work, clock, 1 + int(SHORT / max(once, SHORT / MOST)))


def timed(work: Callable[[], object], clock: Callable[[], float], times: int) -> float:
    start = clock()
    for _ in range(times):
        work()
    return (clock() - start) / times


def answer(value: object) -> None:
    os.write(ANSWERS, f"{value}\n".encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--clock", choices=CLOCKS, required=True)
    add_case_flags(parser)
    arguments = parser.parse_args()
    work = prepare(arguments.engine, case_of(arguments), arguments.threads)
    answer("ready")
    serve(work, CLOCKS[arguments.clock])


if __name__ == "__main__":
    # Whatever a library prints goes to stderr: stdout is for answers alone.
    ANSWERS = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    main()
