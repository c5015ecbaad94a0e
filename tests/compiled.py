"""Tests by all widths of the compiled kernels that this processor can run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from netdef.kernels import built

WIDEST = torch.backends.cpu.get_cpu_capability()
CAPABILITIES = [name for name in built.WIDTHS if name == WIDEST or WIDEST == "AVX512"]
BUILT = [name for name in CAPABILITIES if built._library(built.WIDTHS[name])]

needs_kernels = pytest.mark.skipif(built.width() is None, reason="no kernels were built for this processor")


def forget() -> None:
    for cached in (built.width, built.kernel):
        cached.cache_clear()


@pytest.fixture(params=CAPABILITIES)
def kernels(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run a test with each width of kernels."""
    if request.param not in BUILT:
        pytest.skip(f"no kernels for {request.param} were built")
    monkeypatch.delenv(built.SWITCH, raising=False)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: request.param)
    forget()
    yield request.param
    forget()
