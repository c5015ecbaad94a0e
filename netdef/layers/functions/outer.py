"""What a matrix gets of a product's gradient, by a compiled kernel."""

from __future__ import annotations

from ctypes import Structure, c_int64

from torch import Tensor

from netdef.kernels.built import width
from netdef.layers.functions.calls import run, threads_for
from netdef.layers.functions.plain import are_plain

MOST_LINES = 128  # more of them are multiplied faster by what goes through them in blocks
PANEL = 32  # inputs at least, of the widest kernels
WORTH_A_THREAD = 1 << 14  # products and numbers written: another thread awakes no sooner than these are done


class Matrices(Structure):
    """What the kernel is told of the matrices."""

    _fields_ = [(name, c_int64) for name in ("lines", "outputs", "inputs", "threads")]


def takes(slopes: Tensor, x: Tensor) -> bool:
    """Tell whether the kernel multiplies such matrices."""
    return 0 < len(x) <= MOST_LINES and x.shape[1] >= PANEL and are_plain(slopes, x) and width() is not None


def outer(slopes: Tensor, x: Tensor, room: Tensor) -> Tensor:
    """Write dW[o, i] = Σ_n dy[n, o] · x[n, i] into ``room``, O×I, for slopes N×O and x N×I, and return it."""
    lines, inputs = x.shape
    outputs = slopes.shape[1]
    threads = threads_for((lines + 1) * outputs * inputs, WORTH_A_THREAD)
    run("outer", Matrices(lines, outputs, inputs, threads), slopes.contiguous(), x.contiguous(), room)
    return room
