from __future__ import annotations

import torch

from netdef.layers.functions.labelled import minus_labelled
from tests.nets import numbers

LABELS = (torch.arange(12) * 7 % 5).view(3, 1, 4)


def test_it_is_the_sum_of_what_labels_get_and_leads_back_to_them() -> None:
    logs = numbers(3, 5, 4).requires_grad_()
    y = minus_labelled(logs, LABELS, 1, -0.5)
    picked = logs.detach().gather(1, LABELS)
    assert (picked < -0.5).any()
    torch.testing.assert_close(y, -picked.clamp(min=-0.5).sum())
    (slopes,) = torch.autograd.grad(3 * y, logs)
    assert torch.equal(slopes, torch.zeros(3, 5, 4).scatter(1, LABELS, -3.0))


def test_the_sum_of_nothing_is_no_minus_zero() -> None:
    y = minus_labelled(torch.zeros(0, 5), torch.zeros(0, 1, dtype=torch.int64), 1, -1)
    assert str(y.item()) == "0.0"


def test_gradients_have_gradients() -> None:
    logs, labels = numbers(3, 5, 4, dtype=torch.float64).requires_grad_(), LABELS
    assert torch.autograd.gradgradcheck(lambda x: minus_labelled(x.log_softmax(1), labels, 1, -80.0).square(), logs)
