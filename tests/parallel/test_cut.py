from __future__ import annotations

import torch
from torch.distributed import init_device_mesh  # type: ignore[attr-defined]
from torch.distributed.tensor import Shard, distribute_tensor

from netdef.parallel.cut import fill, part_of, whole_of
from tests.parallel.groups import group_of_one


def test_a_part_is_the_tensors_own_memory_and_the_whole_is_put_together() -> None:
    values = torch.arange(15.0).reshape(5, 3)
    with group_of_one():
        cut = distribute_tensor(values, init_device_mesh("cpu", (1,)), [Shard(0)])
        part = part_of(cut)
        part[2, 1] = -1
        assert part_of(cut)[2, 1] == -1
        assert whole_of(part, cut).tolist() == part.tolist()
        fill(part, cut, 2 * values)
        assert whole_of(part_of(cut), cut).tolist() == (2 * values).tolist()


def test_what_is_not_cut_is_whole() -> None:
    values = torch.arange(4.0)
    assert part_of(values) is values
    assert whole_of(values, values) is values
    fill(values, values, values)
    fill(values, values, torch.ones(4))
    assert values.tolist() == [1, 1, 1, 1]
