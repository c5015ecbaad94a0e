"""The compiled kernels that suit this processor, if they were built.

Each takes the address of a struct of options and addresses of numbers, lets go of the interpreter while it works, and
tells whether memory has run out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from ctypes import CDLL, c_int, c_void_p
from functools import cache
from importlib.util import find_spec

SWITCH = "NETDEF_KERNELS"  # in the environment: "off" leaves everything to PyTorch
WIDTHS = {"AVX512": "avx512", "AVX2": "avx2"}  # by what PyTorch says that the processor can

Kernel = Callable[..., None]


def are_built() -> bool:
    """Tell whether kernels were built and may be used, without a look at the processor, for which PyTorch is loaded."""
    return os.environ.get(SWITCH) != "off" and any(find_spec(f"netdef.kernels.{width}") for width in WIDTHS.values())


@cache
def width() -> str | None:
    """Return which kernels are used: avx512, avx2, or None."""
    import torch

    if os.environ.get(SWITCH) == "off":
        return None
    width = WIDTHS.get(torch.backends.cpu.get_cpu_capability())
    return width if width and _library(width) else None


def told() -> str:
    """Say which kernels are used, or why there are none."""
    import torch

    capability = torch.backends.cpu.get_cpu_capability()
    if os.environ.get(SWITCH) == "off":
        return f"none: {SWITCH} is off"
    if capability not in WIDTHS:
        return "none: this processor has neither AVX2 nor AVX-512"
    return width() or "none: netdef was installed without a C compiler"


@cache
def kernel(name: str, addresses: int) -> Kernel | None:
    """Return a kernel that is given so many addresses (None for one that is not there); None if there is no kernel."""
    own = width()
    library = None if own is None else _library(own)
    if library is None:
        return None
    found = library[f"netdef_{name}"]
    found.argtypes, found.restype, found.errcheck = [c_void_p] * addresses, c_int, _check  # type: ignore[assignment]
    return found


def _check(short: int, *_: object) -> None:
    if short:
        raise MemoryError("Unable to allocate what a compiled kernel needs")


@cache
def _library(width: str) -> CDLL | None:
    """Load a library; None where it was not built, or lacks what it was built with."""
    spec = find_spec(f"netdef.kernels.{width}")
    if spec is None or spec.origin is None:
        return None
    try:
        return CDLL(spec.origin)
    except OSError:
        return None
