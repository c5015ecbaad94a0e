from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError, WiringError
from netdef.schema import netdef_pb2 as schema
from tests.layers.contract import check_layer, gradients, make, numbers, run

SCORES, LABELS = numbers(2, 5, 3, 4), (torch.arange(24.0) * 7 % 5).view(2, 3, 4)
MATRIX = numbers(5, 5, seed=1).abs()


@pytest.mark.parametrize(
    ("options", "divisor"),
    [
        ("", 24),
        ("ignore_label: 1", None),
        ("ignore_label: 1 normalization: FULL", 24),
        ("normalization: BATCH_SIZE", 2),
        ("normalization: NONE", 1),
    ],
)
def test_the_loss_by_its_formula(options: str, divisor: int | None) -> None:
    made = make("InfogainLoss", f"loss_param {{ {options} }}", bottoms=3)
    (loss,), _ = check_layer(made, SCORES, LABELS, MATRIX.view(1, 1, 5, 5))
    ignored = 1 if "ignore" in options else None
    want, places = 0.0, 0
    for n, h, w in np.ndindex(2, 3, 4):
        label = int(LABELS[n, h, w])
        if label != ignored:
            total = sum(math.exp(SCORES[n, c, h, w]) for c in range(5))
            want -= sum(float(MATRIX[label, c]) * math.log(math.exp(SCORES[n, c, h, w]) / total) for c in range(5))
            places += 1
    assert float(loss) == pytest.approx(want / (divisor or places))


def test_h_may_come_from_a_file_and_the_classes_lie_along_another_axis(tmp_path: Path) -> None:
    path = tmp_path / "H.binaryproto"
    path.write_bytes(schema.BlobProto(double_data=MATRIX.flatten().tolist()).SerializeToString())
    made = make("InfogainLoss", f'infogain_loss_param {{ source: "{path}" axis: -1 }}', bottoms=2)
    scores = SCORES.movedim(1, -1).contiguous()
    (loss,), _ = check_layer(made, scores, LABELS)
    assert loss == pytest.approx(run(make("InfogainLoss", bottoms=3), SCORES, LABELS, MATRIX)[0])


def test_a_probability_below_the_floor_counts_as_the_floor_and_still_teaches() -> None:
    made = make("InfogainLoss", bottoms=3)
    scores, labels = torch.tensor([[1000.0, 0, -1000]], dtype=torch.float64), torch.tensor([2.0])
    matrix = torch.tensor([[0.0, 0, 0], [0, 0, 0], [0, 0.5, 0.25]]).double()
    assert float(run(made, scores, labels, matrix)[0]) == pytest.approx(-0.75 * math.log(1e-20))
    assert gradients(made, scores, labels, matrix)[0].tolist() == [[0.75, -0.5, -0.25]]


def test_a_second_top_has_the_probabilities_and_no_gradient() -> None:
    made = make("InfogainLoss", "loss_weight: 1 loss_weight: 0", bottoms=3, tops=2)
    (_, probabilities), _ = check_layer(made, SCORES, LABELS, MATRIX)
    np.testing.assert_allclose(probabilities, SCORES.softmax(1).numpy())
    assert [made.default_loss_weight(top) for top in (0, 1)] == [1, 0]
    assert [made.takes_gradient(bottom) for bottom in range(3)] == [True, False, False]


def test_what_is_no_loss_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="has no H, must name a file as source or take it as bottom 2"):
        make("InfogainLoss", bottoms=2)
    with pytest.raises(OptionError, match="has normalize, which InfogainLoss does not take") as caught:
        make("InfogainLoss", "loss_param { normalize: true }", bottoms=3)
    assert caught.value.path == ("loss_param", "normalize")
    with pytest.raises(WiringError, match="has 4 bottoms"):
        make("InfogainLoss", bottoms=4)
    made = make("InfogainLoss", bottoms=3)
    with pytest.raises(ShapeError, match="H has 16 numbers, must have 5·5 for the classes of bottom 0, 2×5×3×4"):
        made.shapes((2, 5, 3, 4), (2, 3, 4), (4, 4))
    with pytest.raises(ShapeError, match="bottom 1 holds 2 labels, must hold 24"):
        made.shapes((2, 5, 3, 4), (2,), (5, 5))
    with pytest.raises(OptionError, match="no such file"):
        make("InfogainLoss", 'infogain_loss_param { source: "none" }', bottoms=2).shapes((2, 5), (2,))
