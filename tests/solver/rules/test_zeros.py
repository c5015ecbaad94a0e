from __future__ import annotations

import torch

from netdef.solver.rules.zeros import zeros_like


def test_zeros_are_laid_out_as_their_tensors_and_apart() -> None:
    kernels = torch.ones(4, 3, 5, 2).contiguous(memory_format=torch.channels_last)
    tensors = [kernels, torch.ones(()), torch.ones(0, 3), torch.ones(2, 7, dtype=torch.float64), torch.ones(9)[::2]]
    made = zeros_like(tensors)
    for zeros, tensor in zip(made, tensors, strict=True):
        assert (zeros.shape, zeros.dtype, zeros.stride()) == (tensor.shape, tensor.dtype, tensor.stride())
        assert not zeros.any()
    for number, zeros in enumerate(made, start=1):
        zeros.fill_(number)
    assert [set(zeros.flatten().tolist()) for zeros in made] == [{1.0}, {2.0}, set(), {4.0}, {5.0}]


def test_nothing_is_made_of_nothing() -> None:
    assert zeros_like([]) == []
