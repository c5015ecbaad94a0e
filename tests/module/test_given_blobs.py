from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from netdef.errors import UsageError
from netdef.module.given_blobs import GivenBlobs
from tests.graph.texts import IMAGES, LABELS, graph
from tests.nets import LOSS, inputs, net, random_product

NET = (IMAGES, LABELS, random_product("x", "y"), LOSS)


def check(given: object) -> None:
    GivenBlobs(graph(*NET)).check(given)


def test_what_fits_may_come_with_blobs_that_no_layer_reads() -> None:
    check(inputs())
    check({**inputs(), "other": torch.zeros(7)})


@pytest.mark.parametrize(
    ("blob", "kind"), [(np.zeros((5, 3)), "of type numpy.ndarray"), ([[1.0, 2, 3]] * 5, "of type list")]
)
def test_what_is_no_tensor_is_refused(blob: object, kind: str) -> None:
    with pytest.raises(UsageError, match=f'input blob "x" is {kind}, must be a tensor\n    torch.as_tensor makes one'):
        check({**inputs(), "x": blob})


def test_a_tensor_without_a_name_is_refused() -> None:
    with pytest.raises(UsageError, match=r'of type torch.Tensor, must be .* by the names .*: {"x": …, "label": …}'):
        check(inputs()["x"])


def test_shapes_that_fit_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("netdef.module.given_blobs.refuse_misfits", lambda _, shapes: seen.append(shapes))
    blobs = GivenBlobs(graph(*NET))
    blobs.check(inputs())
    shorter = {name: blob[:2] for name, blob in inputs().items()}
    for _ in range(3):
        blobs.check(shorter)
    assert seen == [{"x": (2, 3), "label": (2,)}]


def test_whole_numbers_become_floats() -> None:
    made = net(*NET)
    x = torch.randint(0, 255, (5, 3), dtype=torch.uint8)
    label = torch.tensor([0, 1, 2, 0, 1])
    found = made({"x": x, "label": label}, keep=["y"]).blobs
    torch.testing.assert_close(found, made({"x": x.float(), "label": label.float()}, keep=["y"]).blobs)
