from __future__ import annotations

import pytest
import torch

from netdef.errors import TrainingError
from netdef.net import Pass
from netdef.solver.means import Means, arrays


def result(loss: float, **blobs: list[float]) -> Pass:
    return Pass({name: torch.tensor(values) for name, values in blobs.items()}, torch.tensor(loss))


def test_every_element_has_a_mean_of_its_own() -> None:
    means = Means()
    means.add(result(1, a=[1, 2], b=[5]))
    means.add(result(4, a=[3, 8], b=[6]))
    assert {name: values.tolist() for name, values in means.outputs.items()} == {"a": [2, 5], "b": [5.5]}
    assert means.loss == 2.5


def test_a_pass_counts_by_its_weight() -> None:
    means = Means()
    means.add(result(1, a=[1]), 3)
    means.add(result(5, a=[9]), 1)
    assert means.outputs["a"].tolist() == [3]
    assert means.loss == 2


def test_nothing_has_no_mean() -> None:
    assert (Means().outputs, Means().loss) == ({}, None)


def test_outputs_that_change_their_shape_are_refused() -> None:
    means = Means()
    means.add(result(0, a=[1, 2]))
    with pytest.raises(TrainingError) as caught:
        means.add(result(0, a=[1, 2, 3]))
    assert str(caught.value) == 'output "a" is 3 in one batch, 2 in those before: it has no mean over batches'


def test_arrays_keep_what_numpy_knows_and_widen_what_it_does_not() -> None:
    blobs = {str(dtype): torch.tensor([1.5], dtype=dtype) for dtype in (torch.float64, torch.float32, torch.bfloat16)}
    assert [values.dtype.name for values in arrays(blobs).values()] == ["float64", "float32", "float32"]
    assert arrays({"a": torch.tensor([1.5], requires_grad=True)})["a"].tolist() == [1.5]
