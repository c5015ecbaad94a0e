from __future__ import annotations

from ctypes import addressof

import pytest
import torch

from netdef.kernels import built
from netdef.layers.functions.compiled_lrn import Normalization
from tests.compiled import forget, kernels, needs_kernels

__all__ = ["kernels"]


def test_each_width_has_its_kernels(kernels: str) -> None:
    assert built.are_built()
    assert built.width() == built.WIDTHS[kernels]
    assert built.kernel("convolve", 6) is not None
    with pytest.raises(AttributeError, match="netdef_nothing"):
        built.kernel("nothing", 1)


@needs_kernels
def test_they_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(built.SWITCH, "off")
    forget()
    assert built.width() is None
    assert not built.are_built()
    assert built.kernel("convolve", 6) is None
    assert built.told() == "none: NETDEF_KERNELS is off"
    monkeypatch.undo()
    forget()
    assert built.told() == built.width() in built.WIDTHS.values()


def test_other_processors_have_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "DEFAULT")
    forget()
    assert built.width() is None
    assert "neither AVX2 nor AVX-512" in built.told()
    monkeypatch.undo()
    forget()


def test_without_a_compiler_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "AVX2")
    monkeypatch.setattr(built, "_library", lambda width: None)
    forget()
    assert built.told() == "none: netdef was installed without a C compiler"
    monkeypatch.undo()
    forget()


def test_a_library_that_was_not_built_or_cannot_be_loaded_is_none() -> None:
    assert built._library("avx4096") is None
    assert built._library("built") is None  # a file that is no library


def test_memory_that_runs_out_is_told(kernels: str) -> None:
    more_than_addresses = Normalization(1, 1 << 46, 2, 1, 0, 1.0, 0.75, 1.0, 0.0)
    normalize = built.kernel("normalize", 3)
    assert normalize is not None
    with pytest.raises(MemoryError, match="Unable to allocate"):
        normalize(addressof(more_than_addresses), None, None)
