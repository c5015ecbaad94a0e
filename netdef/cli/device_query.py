"""Tell what torch sees of this machine's GPUs, and of its CPU."""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Iterator

from netdef.errors import DeviceError
from netdef.kernels.built import told

LABEL_WIDTH = 36
GPU_FACTS = {  # Caffe's words for torch's names
    "Major revision number": "major",
    "Minor revision number": "minor",
    "Name": "name",
    "Total global memory": "total_memory",
    "Total shared memory per block": "shared_memory_per_block",
    "Warp size": "warp_size",
    "Maximum threads per multiprocessor": "max_threads_per_multi_processor",
    "Number of multiprocessors": "multi_processor_count",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add Caffe's flag."""
    parser.add_argument("--gpu", default="", metavar="IDS", help="numbers of GPUs with commas between, or all")


def run(arguments: argparse.Namespace) -> int:
    """Print what the GPUs are that are asked for; without the flag all of them, and the CPU.

    Raises: DeviceError for a GPU that is not there.
    """
    import torch

    found = torch.cuda.device_count()
    numbers = _numbers(arguments.gpu, found)
    for number in numbers:
        print("\n".join(_lines(_gpu(number, torch.cuda.get_device_properties(number)))), end="\n\n")
    if not arguments.gpu:
        print("\n".join(_lines(_cpu(torch.__version__, torch.get_num_threads()))))
    if not found:
        print("torch sees no GPU on this machine: nets run on the CPU")
    return 0


def _numbers(wanted: str, found: int) -> list[int]:
    """Return the numbers of the GPUs that a ``--gpu`` flag names.

    Raises: DeviceError for one that is not there.
    """
    if wanted in ("", "all"):
        return list(range(found))
    there = f"there are {found}, numbered from 0" if found else "torch sees no GPU on this machine"
    names = [name.strip() for name in wanted.split(",")]
    for name in names:
        if not name.isdecimal() or int(name) >= found:
            raise DeviceError(f"GPU {name} is not there: {there}")
    return [int(name) for name in names]


def _gpu(number: int, properties: object) -> Iterator[tuple[str, object]]:
    """Go through what torch knows of a GPU; older versions of torch know less."""
    yield "Device id", number
    for label, name in GPU_FACTS.items():
        if hasattr(properties, name):
            yield label, getattr(properties, name)


def _cpu(torch_version: str, threads: int) -> Iterator[tuple[str, object]]:
    yield "CPU", _processor()
    yield "Cores", os.cpu_count()
    yield "Threads of torch", threads
    yield "Version of torch", torch_version
    yield "Compiled kernels", told()


def _processor() -> str:
    """Return the processor's name: on Linux the kernel knows a better one than Python."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            named = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        named = []
    return named[0] if named else platform.processor() or platform.machine()


def _lines(facts: Iterator[tuple[str, object]]) -> Iterator[str]:
    return (f"{label + ':':<{LABEL_WIDTH}}{value}" for label, value in facts)
