from __future__ import annotations

from ctypes import addressof

import pytest
import torch

from netdef.kernels import library
from netdef.layers.functions.compiled_lrn import Normalization
from tests.compiled import forget, kernels, needs_kernels

__all__ = ["kernels"]


def test_each_width_has_its_kernels(kernels: str) -> None:
    assert library.are_built()
    assert library.width() == library.WIDTHS[kernels]
    assert library.kernel("convolve", 6) is not None
    with pytest.raises(AttributeError, match="netdef_nothing"):
        library.kernel("nothing", 1)


@needs_kernels
def test_they_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(library.SWITCH, "off")
    forget()
    assert library.width() is None
    assert not library.are_built()
    assert library.kernel("convolve", 6) is None
    assert library.told() == "none: NETDEF_KERNELS is off"
    monkeypatch.undo()
    forget()
    assert library.told() == library.width() in library.WIDTHS.values()


def test_other_processors_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    forget()
    assert library.width() is None
    assert "neither AVX2 nor AVX-512" in library.told()
    monkeypatch.undo()
    forget()


def test_without_a_compiler_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    monkeypatch.setattr(library, "_library", lambda width: None)
    forget()
    assert library.told() == "none: netdef was installed without a C compiler"
    monkeypatch.undo()
    forget()


def test_a_library_that_was_not_built_or_cannot_be_loaded_is_none() -> None:
    assert library._library("avx4096") is None
    assert library._library("library") is None  # a file that is no library


def test_memory_that_runs_out_is_told(kernels: str) -> None:
    more_than_addresses = Normalization(1, 1 << 46, 2, 1, 1.0, 0.75, 1.0, 0.0)
    normalize = library.kernel("normalize", 3)
    assert normalize is not None
    with pytest.raises(MemoryError, match="Unable to allocate"):
        normalize(addressof(more_than_addresses), None, None)
