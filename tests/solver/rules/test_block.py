"""Blocks hold every number once, large tensors cut and small ones together."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules import block
from netdef.solver.rules.group import Group
from netdef.solver.rules.registry import SOLVER_TYPES
from netdef.solver.rules.updater import Updater


@pytest.fixture(autouse=True)
def blocks_of_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    monkeypatch.setattr(block, "ELEMENTS_PER_THREAD", 8)


def numbered(*shapes: tuple[int, ...]) -> list[Tensor]:
    sizes = [torch.Size(shape).numel() for shape in shapes]
    numbers = torch.arange(float(sum(sizes)))
    return [part.reshape(shape) for part, shape in zip(torch.split(numbers, sizes), shapes, strict=True)]


def group(parameters: list[Tensor], histories: list[Tensor]) -> Group:
    return Group(1.0, 1.0, [*range(len(parameters))], parameters, [histories])


def test_large_tensors_are_cut_and_small_ones_join() -> None:
    shapes = [(2, 10), (3,), (2, 2), (5,)]
    parameters, gradients, histories = numbered(*shapes), numbered(*shapes), numbered(*shapes)
    found = list(block.blocks(group(parameters, histories), gradients))
    assert [[part.numel() for part in each.parameters] for each in found] == [[8], [8], [4, 3, 4], [5]]
    for lists in zip(*((each.parameters, each.gradients, each.histories[0]) for each in found), strict=True):
        together = torch.cat([part.flatten() for parts in lists for part in parts])
        assert together.tolist() == list(range(32))


def test_blocks_are_views() -> None:
    parameters = numbered((2, 10))
    for each in block.blocks(group(parameters, numbered((2, 10))), numbered((2, 10))):
        each.parameters[0].zero_()
    assert not parameters[0].any()


def test_tensors_that_lie_differently_stay_whole() -> None:
    (gradient,) = numbered((10, 2))
    (found,) = block.blocks(group(numbered((2, 10)), numbered((2, 10))), [gradient.T])
    assert found.gradients[0].shape == found.parameters[0].shape == (2, 10)


def test_a_blob_of_no_axes_is_a_block() -> None:
    (found,) = block.blocks(group([torch.tensor(3.0)], [torch.tensor(4.0)]), [torch.tensor(5.0)])
    assert [found.parameters[0].item(), found.gradients[0].item()] == [3.0, 5.0]


@pytest.mark.parametrize("kind", SOLVER_TYPES)
@pytest.mark.parametrize("decay", ["L1", "L2"])
def test_blocks_do_not_change_numbers(kind: str, decay: str, monkeypatch: pytest.MonkeyPatch) -> None:
    solver = schema.SolverParameter(type=kind, weight_decay=0.1, regularization_type=decay)
    shapes = [(3, 7), (5,), (2, 2)]
    results = []
    for limit in (8, 1000):
        monkeypatch.setattr(block, "ELEMENTS_PER_THREAD", limit)
        parameters, gradients = numbered(*shapes), [-tensor - 1 for tensor in numbered(*shapes)]
        updater = Updater(solver, parameters, [1.0] * 3, [1.0] * 3, keep_updates=True)
        updater.step(gradients, 0.5, 0)
        results.append([*parameters, *gradients, *updater.histories])
    for one, other in zip(*results, strict=True):
        assert torch.allclose(one, other)
