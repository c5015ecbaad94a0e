from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import ShortageError
from netdef.memory import HINT, telling_of_shortage

TOO_LARGE = (1 << 50,)
OF_CUDA = (
    "CUDA out of memory. Tried to allocate 20.50 GiB. GPU 1 has a total capacity of 79.10 GiB of which 512.00 MiB is"
    " free. Including non-PyTorch memory, this process has 78.60 GiB memory in use."
)


def told(error: Exception) -> list[str]:
    with pytest.raises(ShortageError) as caught, telling_of_shortage():
        raise error
    assert caught.value.__cause__ is error
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            torch.OutOfMemoryError(OF_CUDA),
            ": 20.50 GiB more asked for on GPU 1, which has 79.10 GiB, 512.00 MiB of them free",
        ),
        (RuntimeError("CUDA error: out of memory\nCUDA kernel errors might"), ": CUDA error: out of memory"),
        (
            RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"),
            ": CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling",
        ),
        (MemoryError(), ""),
    ],
)
def test_a_shortage_is_told_with_what_was_asked_for_and_the_ways_out(error: Exception, words: str) -> None:
    assert told(error) == [f"out of memory{words}", f"    {HINT}"]


def test_what_torch_and_numpy_say_is_understood() -> None:
    with (
        pytest.raises(ShortageError, match=r"^out of memory: 4503599.6 GB more asked for on the CPU\n"),
        telling_of_shortage(),
    ):
        torch.empty(TOO_LARGE)
    with pytest.raises(ShortageError, match=r"^out of memory: .+ more asked for on the CPU\n"), telling_of_shortage():
        np.empty(TOO_LARGE, np.float32)


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match=r"^shapes do not match$"), telling_of_shortage():
        raise RuntimeError("shapes do not match")
