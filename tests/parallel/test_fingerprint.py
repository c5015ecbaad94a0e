from __future__ import annotations

import pytest
import torch

from netdef.parallel.fingerprint import fingerprint


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_one_bit_makes_another_number(dtype: torch.dtype) -> None:
    tensors = [torch.arange(6, dtype=dtype).reshape(2, 3), torch.ones(4, dtype=dtype)]
    before = fingerprint(tensors)
    assert fingerprint([tensor.clone() for tensor in tensors]) == before
    tensors[1][2] = 1 + torch.finfo(dtype).eps
    assert fingerprint(tensors) != before


def test_whose_number_it_is_counts() -> None:
    one, other = torch.tensor([1.0]), torch.tensor([2.0])
    assert fingerprint([one, other]) != fingerprint([other, one])


def test_the_layout_in_memory_does_not_count() -> None:
    images = torch.rand(2, 3, 4, 5)
    assert fingerprint([images]) == fingerprint([images.contiguous(memory_format=torch.channels_last)])
