"""Filled values: Caffe's statistics, theoretical bounds, and dependence on the key alone."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from google.protobuf import text_format
from torch import Tensor

from netdef.errors import OptionError
from netdef.fillers import fill
from netdef.schema import netdef_pb2 as schema

GOLDEN = Path(os.environ.get("NETDEF_GOLDEN", Path(__file__).parents[1] / "golden")) / "fillers"
STATS = np.load(GOLDEN / "stats.npz")
CASES = sorted(key.removesuffix("/shape") for key in STATS if key.endswith("/shape"))


def filler(text: str) -> schema.FillerParameter:
    return text_format.Parse(text, schema.FillerParameter())


def golden_filler(case: str) -> schema.FillerParameter:
    found = re.search(r"weight_filler \{(.*?)\}", (GOLDEN / f"{case}.prototxt").read_text())
    assert found
    return filler(found[1])


def filled(message: schema.FillerParameter, shape: tuple[int, ...], key: tuple[int | str, ...] = (1, "l", 0)) -> Tensor:
    tensor = torch.full(shape, math.nan)
    fill(message, tensor, key)
    return tensor


def bound(message: schema.FillerParameter, shape: tuple[int, ...]) -> tuple[float, float]:
    """The least and greatest value that a filler can give (±8 deviations for Gaussians)."""
    elements = math.prod(shape)
    fans = [elements / shape[0], elements / shape[1], (elements / shape[0] + elements / shape[1]) / 2]
    n = fans[message.variance_norm]
    return {
        "constant": (message.value, message.value),
        "uniform": (message.min, message.max),
        "gaussian": (message.mean - 8 * message.std, message.mean + 8 * message.std),
        "positive_unitball": (0.0, 1.0),
        "xavier": (-math.sqrt(3 / n), math.sqrt(3 / n)),
        "msra": (-8 * math.sqrt(2 / n), 8 * math.sqrt(2 / n)),
    }[message.type]


def test_there_are_golden_cases() -> None:
    assert len(CASES) == 22


@pytest.mark.parametrize("case", CASES)
def test_statistics_are_caffes(case: str) -> None:
    shape = tuple(int(length) for length in STATS[f"{case}/shape"])
    values = filled(golden_filler(case), shape)
    mean, std, least, greatest, nonzero = STATS[f"{case}/mean_std_min_max_nonzero"]
    low, high = bound(golden_filler(case), shape)
    assert values.std(correction=0).item() == pytest.approx(std, rel=0.05, abs=1e-6)
    assert values.mean().item() == pytest.approx(mean, abs=0.02 * std + 1e-6)
    assert (values != 0).float().mean().item() == pytest.approx(nonzero, rel=0.05)
    assert low - 1e-6 <= values.min().item() <= values.max().item() <= high + 1e-6
    if golden_filler(case).type in ("uniform", "xavier"):
        assert [values.min().item(), values.max().item()] == pytest.approx([least, greatest], rel=0.01)


@pytest.mark.parametrize("case", ["conv_positive_unitball", "ip_positive_unitball"])
def test_rows_of_a_unitball_sum_to_one(case: str) -> None:
    values = filled(golden_filler(case), tuple(int(length) for length in STATS[f"{case}/shape"]))
    assert values.flatten(1).sum(1) == pytest.approx(torch.ones(len(values)), abs=1e-5)


@pytest.mark.parametrize("width", [3, 4])
def test_bilinear_is_the_product_of_two_slopes(width: int) -> None:
    values = filled(filler('type: "bilinear"'), (2, 5, width, width))
    f = math.ceil(width / 2)
    c = (width - 1) / (2 * f)
    for y in range(width):
        for x in range(width):
            expected = (1 - abs(x / f - c)) * (1 - abs(y / f - c))
            assert values[:, :, y, x] == pytest.approx(torch.full((2, 5), expected))


def test_values_depend_on_seed_layer_and_blob_alone() -> None:
    message, shape = filler('type: "gaussian"'), (3, 5)
    first = filled(message, shape, (7, "conv1", 0))
    torch.manual_seed(99)
    assert torch.equal(first, filled(message, shape, (7, "conv1", 0)))
    for other in [(8, "conv1", 0), (7, "conv2", 0), (7, "conv1", 1)]:
        assert not torch.equal(first, filled(message, shape, other))


def test_values_stay_the_same_from_release_to_release() -> None:
    values = filled(filler('type: "uniform"'), (2, 2), (7, "conv1", 0))
    assert values.flatten().tolist() == pytest.approx([0.4573096, 0.0066425, 0.9185768, 0.598141], abs=1e-6)


def test_the_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    filled(filler('type: "gaussian"'), (3, 5))
    assert torch.equal(before, torch.get_rng_state())


def test_layout_and_precision_do_not_change_the_values() -> None:
    message, shape = filler('type: "xavier"'), (2, 3, 4, 5)
    plain = filled(message, shape)
    channels_last = torch.empty(shape).to(memory_format=torch.channels_last)
    double = torch.empty(shape, dtype=torch.float64, requires_grad=True)
    for tensor in (channels_last, double):
        fill(message, tensor, (1, "l", 0))
        assert torch.equal(tensor.detach().float(), plain)


def test_a_blob_of_no_axes_takes_constants() -> None:
    assert filled(filler("value: 2.5"), ()).item() == 2.5


def test_what_cannot_be_filled_is_refused_before_anything_is_drawn() -> None:
    tensor = torch.full((2, 3), 5.0)
    with pytest.raises(OptionError, match="needs a blob of 4 axes"):
        fill(filler('type: "bilinear"'), tensor, (1, "l", 0))
    assert torch.equal(tensor, torch.full((2, 3), 5.0))
