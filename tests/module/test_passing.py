from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from netdef.errors import UsageError
from netdef.net import Net, Pass
from tests.graph.texts import IMAGES, LABELS, layer
from tests.nets import LOSS, inputs, net, random_product

HIDDEN = layer("ReLU", "a", "a"), layer("Dropout", "a", "d", 'device: "1"')
NET = (IMAGES, LABELS, random_product("x", "a", 6, 'device: "0"'), *HIDDEN, random_product("d", "y"), LOSS)


def run(made: Net, rows: Sequence[int] | None = None, keep: Sequence[str] = ()) -> Pass:
    result: Pass = made(
        inputs(torch.float64), rows=None if rows is None else torch.tensor(rows), iteration=4, keep=keep
    )
    result.loss.backward()  # type: ignore[no-untyped-call]
    return result


def gradients(made: Net) -> list[Tensor]:
    return [tensor.grad for _, tensor in made.stored() if tensor.grad is not None]


def equal(micro_batches: int, rows: Sequence[int] | None, *texts: str) -> None:
    """Compare a net of micro-batches with one that takes the batch whole."""
    whole = net(*texts, dtype=torch.float64)
    parts = net(*texts, dtype=torch.float64, devices=["cpu:0", "cpu:1"], micro_batches=micro_batches)
    one, other = run(whole, rows, ["a", "y"]), run(parts, rows, ["a", "y"])
    torch.testing.assert_close(other.loss, one.loss, rtol=1e-13, atol=0)
    for name, blob in one.blobs.items():
        torch.testing.assert_close(other.blobs[name], blob, rtol=1e-13, atol=0)
    for mine, its in zip(gradients(parts), gradients(whole), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("micro_batches", [2, 3, 5])
@pytest.mark.parametrize("rows", [None, [7, 3, 11, 0, 2]])
def test_micro_batches_change_no_number(micro_batches: int, rows: list[int] | None) -> None:
    equal(micro_batches, rows, *NET)


def test_a_loss_that_leaves_rows_out_is_normalized_over_the_whole_batch() -> None:
    ignoring = layer("SoftmaxWithLoss", "y,label", "loss", "loss_param { ignore_label: 1 }")
    equal(2, None, *NET[:-1], ignoring)


def test_a_weight_shared_over_devices_learns_from_all_parts() -> None:
    shared = 'param { name: "w" } param { name: "v" }'
    below = random_product("x", "a", 3, f'{shared} device: "0"')
    equal(2, None, IMAGES, LABELS, below, random_product("a", "y", 3, f'{shared} device: "1"'), LOSS_OF_3)


LOSS_OF_3 = layer("EuclideanLoss", "y,x", "loss")


def test_more_parts_than_rows_are_refused() -> None:
    made = net(*NET, devices=["cpu:0", "cpu:1"], micro_batches=6)
    with pytest.raises(UsageError, match="a batch of 5 cannot come in 6 micro-batches: there must be a row for each"):
        made(inputs())


def test_a_missing_input_is_refused() -> None:
    with pytest.raises(UsageError, match='input blob "label" is missing; given: x'):
        net(*NET, micro_batches=2)({"x": inputs()["x"]})
