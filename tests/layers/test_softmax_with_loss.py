from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from netdef.errors import OptionError, ShapeError, WiringError
from tests.layers.contract import check_layer, gradients, make, numbers, run


@pytest.mark.parametrize(
    ("options", "divisor"),
    [
        ("", 24),
        ("ignore_label: 1", None),
        ("ignore_label: 1 normalization: FULL", 24),
        ("ignore_label: 1 normalization: BATCH_SIZE", 2),
        ("normalization: NONE", 1),
        ("normalize: false", 2),
    ],
)
def test_the_loss_by_its_formula(options: str, divisor: int | None) -> None:
    scores, labels = numbers(2, 5, 3, 4), (torch.arange(24.0) * 7 % 5).view(2, 3, 4)
    made = make("SoftmaxWithLoss", f"loss_param {{ {options} }}", bottoms=2)
    (loss,), _ = check_layer(made, scores, labels)
    ignored = 1 if "ignore" in options else None
    want, places = 0.0, 0
    for n, h, w in np.ndindex(2, 3, 4):
        label = int(labels[n, h, w])
        if label != ignored:
            total = sum(math.exp(scores[n, c, h, w]) for c in range(5))
            want -= math.log(math.exp(scores[n, label, h, w]) / total)
            places += 1
    assert float(loss) == pytest.approx(want / (divisor or places))


def test_classes_may_lie_along_another_axis() -> None:
    scores, labels = numbers(2, 3, 4), torch.tensor([[0.0, 1, 2], [3, 2, 1]])
    (loss,), _ = check_layer(make("SoftmaxWithLoss", "softmax_param { axis: -1 }", bottoms=2), scores, labels)
    logs = scores.log_softmax(2)
    want = -sum(float(logs[n, c, int(labels[n, c])]) for n in range(2) for c in range(3)) / 6
    assert float(loss) == pytest.approx(want)


def test_a_probability_below_the_floor_counts_as_the_floor_and_still_teaches() -> None:
    made = make("SoftmaxWithLoss", bottoms=2)
    scores, labels = torch.tensor([[1000.0, 0, -1000]], dtype=torch.float64), torch.tensor([2.0])
    (loss,) = run(made, scores, labels)
    assert float(loss) == pytest.approx(-math.log(float(np.finfo(np.float32).tiny)))
    assert gradients(made, scores, labels)[0].tolist() == [[1, 0, -1]]


def test_single_precision_goes_another_way_to_the_same_numbers() -> None:
    made = make("SoftmaxWithLoss", bottoms=2)
    scores, labels = numbers(2, 5, 3, 4), (torch.arange(24.0) * 7 % 5).view(2, 3, 4)
    scores[0, 2, 1, 3] = -1000
    single = scores.float()
    assert float(run(made, single, labels)[0]) == pytest.approx(float(run(made, scores, labels)[0]), rel=1e-6)
    np.testing.assert_allclose(gradients(made, single, labels)[0], gradients(made, scores, labels)[0], atol=1e-7)


def test_where_all_is_ignored_the_loss_and_its_gradient_are_zero() -> None:
    made = make("SoftmaxWithLoss", "loss_param { ignore_label: 2 }", bottoms=2)
    scores, labels = numbers(2, 3), torch.tensor([2.0, 2.0])
    assert float(run(made, scores, labels)[0]) == 0
    assert not gradients(made, scores, labels)[0].any()


def test_a_second_top_is_refused_as_in_caffe() -> None:
    with pytest.raises(WiringError, match=r"has 2 tops \(t0, t1\), makes exactly 1"):
        make("SoftmaxWithLoss", bottoms=2, tops=2)


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="bottom 1 holds 2 labels, must hold 24"):
        make("SoftmaxWithLoss", bottoms=2).shapes((2, 5, 3, 4), (2,))
    with pytest.raises(ShapeError, match="bottoms have 2 and 3 items"):
        make("SoftmaxWithLoss", bottoms=2).shapes((2, 5), (3,))


def test_a_loss_of_nothing_is_zero_and_not_minus_zero() -> None:
    (loss,) = run(make("SoftmaxWithLoss", bottoms=2), torch.tensor([[900.0, 0.0]]), torch.tensor([0.0]))
    assert float(loss) == 0
    assert not np.signbit(loss)


@pytest.mark.parametrize("options", ["", "ignore_label: 1"])
def test_smoothed_labels_want_a_little_of_every_class(options: str) -> None:
    scores, labels = numbers(2, 5, 3), torch.tensor([[0.0, 1, 4], [3, 3, 2]])
    made = make("SoftmaxWithLoss", f"loss_param {{ label_smoothing: 0.2 {options} }}", bottoms=2)
    (loss,), _ = check_layer(made, scores, labels)
    want, places = 0.0, 0
    for n, place in np.ndindex(2, 3):
        label = int(labels[n, place])
        if options and label == 1:
            continue
        logs = scores[n, :, place].log_softmax(0)
        wanted = [0.2 / 5 + (0.8 if number == label else 0) for number in range(5)]
        want -= sum(share * float(log) for share, log in zip(wanted, logs, strict=True))
        places += 1
    assert float(loss) == pytest.approx(want / places)


def test_the_gradient_of_smoothed_labels_is_what_is_too_much_of_each_probability() -> None:
    scores, labels = torch.tensor([[1.0, 2, -1], [0, 3, 200]], dtype=torch.float64), torch.tensor([0.0, 2])
    made = make("SoftmaxWithLoss", "loss_param { label_smoothing: 0.3 }", bottoms=2)
    wanted = torch.tensor([[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]], dtype=torch.float64)
    found = gradients(made, scores, labels)[0]
    torch.testing.assert_close(torch.from_numpy(found), (scores.softmax(1) - wanted) / 2)


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_no_more_than_all_of_a_label_is_spread(share: float) -> None:
    with pytest.raises(OptionError, match=rf"label_smoothing is {share}, must be a share from 0 to 1"):
        make("SoftmaxWithLoss", f"loss_param {{ label_smoothing: {share} }}", bottoms=2)
