from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor

from netdef.module.way import Pass, Run, Way, along
from tests.graph.texts import IMAGES, layer
from tests.nets import net


def telling(told: list[str], name: str) -> Way:
    """A way that tells when it begins and ends."""

    def way(
        run: Run, inputs: Mapping[str, Tensor], rows: Tensor | None, iteration: int | Tensor, keep: Iterable[str]
    ) -> Pass:
        told.append(f"{name} begins")
        result = run(inputs, rows, iteration, keep)
        told.append(f"{name} ends")
        return result

    return way


def test_the_last_way_is_the_outermost() -> None:
    told: list[str] = []
    run = along(
        [telling(told, "inner"), telling(told, "outer")], lambda *given: Pass({}, torch.tensor(float(len(given))))
    )
    assert run({}, None, 0, ()).loss == 4
    assert told == ["outer begins", "inner begins", "inner ends", "outer ends"]


def test_a_net_runs_in_its_ways_with_what_it_is_given() -> None:
    made, told = net(IMAGES, layer("Power", "x", "y", "power_param { scale: 3 }")), list[str]()
    made.ways = (telling(told, "way"),)
    result = made({"x": torch.ones(5, 3)}, keep=["x"])
    assert told == ["way begins", "way ends"]
    assert list(result.blobs) == ["y", "x"]
    assert result.blobs["y"].tolist() == [[3.0] * 3] * 5
