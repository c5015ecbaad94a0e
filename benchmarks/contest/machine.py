"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from pathlib import Path

ASK = "import {module} as asked; print(asked.__version__)"
MODULES = {"PyTorch": "torch", "ONNX Runtime": "onnxruntime", "OpenCV dnn": "cv2", "Caffe": "caffe"}
BFLOAT16 = ("avx512_bf16", "amx_bf16")


def processor() -> str:
    """Name the processor."""
    return next(_processor_lines("model name"), platform.processor() or platform.machine()).strip()


def has_bfloat16() -> bool:
    """Tell whether the processor multiplies numbers of 16 bits by itself."""
    flags = next(_processor_lines("flags"), "").split()
    return any(flag in flags for flag in BFLOAT16)


def _processor_lines(key: str) -> Iterator[str]:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return (line.partition(":")[2] for line in lines if line.partition(":")[0].strip() == key)


def versions(pythons: dict[str, str]) -> dict[str, str]:
    """Return the version of each engine, asked of its own interpreter."""
    return {name: found for name, module in MODULES.items() if (found := _version(pythons.get(name), module))}


def _version(python: str | None, module: str) -> str:
    if python is None:
        return ""
    done = subprocess.run([python, "-c", ASK.format(module=module)], capture_output=True, text=True)
    return done.stdout.strip()


def description(pythons: dict[str, str]) -> dict[str, str]:
    """Describe the machine and what is installed, one fact a key."""
    facts = {"processor": processor(), "cores": str(os.cpu_count()), "system": platform.platform(terse=True)}
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return {**facts, "Python": platform.python_version(), **versions(pythons), "load at the start": load}
