"""How the process of the command line uses threads and memory; a library must not decide this for its caller."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

# malloc.h: from which size on blocks are mapped each by itself, how much free memory is kept, how much is asked for.
M_MMAP_THRESHOLD, M_TRIM_THRESHOLD, M_TOP_PAD = -3, -1, -2
SPINS = "2000"  # some 50 µs
OBJECTS_MADE = 70_000  # between two looks, that have not been freed
PYTHONS_OWN = gc.get_threshold()
GIGABYTE, LARGEST_INT, MEGABYTES_64 = 1 << 30, (1 << 31) - 1, 64 << 20


def wait_patiently() -> None:
    """Let idle threads of torch sleep after a short spin, unless the user says otherwise.

    Beside other work, such as our own decoding threads, those that spin long take the processor from those they wait
    for: training on two busy cores is several times slower with them. Those that sleep at once are slow to wake for the
    next operator: on two idle cores a step of LeNet takes a quarter longer. Takes effect only before torch is imported.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
        os.environ.setdefault("GOMP_SPINCOUNT", SPINS)


def collect_seldom() -> None:
    """Look for cyclic garbage a hundred times less often than Python does by itself.

    Reading a large net makes millions of objects that stay: to go through them again and again takes longer than the
    reading. An iteration of training leaves no cycles behind, so that nothing waits long.
    """
    gc.set_threshold(OBJECTS_MADE, *gc.get_threshold()[1:])


def collect_as_ever() -> None:
    """Look for cyclic garbage as often as Python does by itself, for code that is not ours."""
    gc.set_threshold(*PYTHONS_OWN)


def keep_memory() -> bool:
    """Keep freed memory for the next iteration instead of giving it back, and return whether the C library does so.

    Blobs of the same sizes come and go in every iteration: mapping them anew each time costs more than computing some
    of them. All three settings are needed; they exist in glibc alone.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    settings = {M_MMAP_THRESHOLD: GIGABYTE, M_TRIM_THRESHOLD: LARGEST_INT, M_TOP_PAD: MEGABYTES_64}
    return mallopt is not None and all(mallopt(option, value) == 1 for option, value in settings.items())
