from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.layers.functions.plain import are_floats, are_plain

X, WEIGHT = torch.zeros(2, 3), torch.nn.Parameter(torch.zeros(4, 3))


def test_float32_on_a_cpu_is_plain() -> None:
    assert are_plain(X, WEIGHT)
    assert not are_plain(X, WEIGHT.double())
    assert not are_plain(X.to("meta"), WEIGHT)
    assert not are_plain(X.to_sparse())


def test_another_precision_is_asked_for() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        assert not are_plain(X, WEIGHT)
        assert are_floats(X, WEIGHT)
        assert not are_floats(X, WEIGHT.bfloat16())
    assert are_plain(X, WEIGHT)


def test_a_function_that_is_transformed_is_left_alone() -> None:
    seen = []

    def watched(x: Tensor) -> Tensor:
        seen.append(are_plain(x))
        return x.sum()

    torch.func.grad(watched)(X)
    torch.func.vmap(watched)(X)
    assert seen == [False, False]


@pytest.mark.parametrize(("where", "name"), [(torch._C, "_is_tracing"), (torch.compiler, "is_compiling")])
def test_what_is_traced_is_left_alone(where: object, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(where, name, lambda: True)
    assert not are_plain(X)
