"""Both kinds of weight decay."""

from __future__ import annotations

import pytest
import torch

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.regularize import regularizer_of


@pytest.mark.parametrize(("kind", "expected"), [("L2", [2.0, 0.0, 0.75]), ("L1", [1.5, 0.0, 0.5])])
def test_decay_is_added_to_the_gradient(kind: str, expected: list[float]) -> None:
    gradients = [torch.tensor([1.0, 0.0, 1.0])]
    parameters = [torch.tensor([2.0, 0.0, -0.5])]
    regularizer_of(schema.SolverParameter(regularization_type=kind))(gradients, parameters, 0.5)
    assert gradients[0].tolist() == expected
    assert parameters[0].tolist() == [2.0, 0.0, -0.5]


def test_squares_are_the_default() -> None:
    assert regularizer_of(schema.SolverParameter()).__name__ == "decay_squares"


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(OptionError, match='regularization_type is "L3", which is unknown') as refused:
        regularizer_of(schema.SolverParameter(regularization_type="L3"))
    assert refused.value.path == ("regularization_type",)
    assert refused.value.hint.endswith("known: L1, L2")
