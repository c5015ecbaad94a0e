from __future__ import annotations

import pytest
import torch
from torch import Tensor

from netdef.layers.functions import winograd_tiles
from netdef.layers.functions.winograd_points import OUTPUTS, POINTS, input_values
from netdef.layers.functions.winograd_tiles import Tiles
from tests.layers.contract import numbers

CASES = [(Tiles(5, 9, 1), (3, 5, 9, 2, 3)), (Tiles(4, 8, 0), (2, 6, 10, 1, 2)), (Tiles(3, 4, 2), (1, 1, 2, 2, 1))]


@pytest.fixture(params=[1, 1 << 20])
def _parts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work on single images, and on all at once."""
    monkeypatch.setattr(winograd_tiles, "CACHED_BYTES", request.param)


def inputs_of(tiles: Tiles, images: Tensor, row: int, column: int) -> Tensor:
    """Return the 6×6 inputs of a tile of all images, zeros around them."""
    before, after = tiles.pad, POINTS
    framed = torch.nn.functional.pad(images, (0, 0, 0, 0, before, after, before, after))
    return framed[:, row * OUTPUTS : row * OUTPUTS + POINTS, column * OUTPUTS : column * OUTPUTS + POINTS]


def test_there_are_enough_tiles() -> None:
    assert (Tiles(5, 9, 1).rows, Tiles(5, 9, 1).columns, Tiles(5, 9, 1).count) == (2, 3, 6)
    assert Tiles(4, 8, 1).count == 2


@pytest.mark.usefixtures("_parts")
@pytest.mark.parametrize(("tiles", "shape"), CASES)
def test_each_line_has_the_values_of_one_tile(tiles: Tiles, shape: tuple[int, ...]) -> None:
    x = numbers(*shape)
    n, groups, channels = shape[0], *shape[3:]
    values = tiles.input_values(x).view(POINTS, POINTS, groups, n, tiles.rows, tiles.columns, channels)
    eye = torch.eye(POINTS, dtype=torch.float64)
    matrix = torch.empty_like(eye)
    input_values(eye.unbind(), matrix.unbind(), (eye[0].clone(), eye[1].clone()))
    for row in range(tiles.rows):
        for column in range(tiles.columns):
            wanted = torch.einsum("ih,jw,nhwgc->ijgnc", matrix, matrix, inputs_of(tiles, x, row, column))
            torch.testing.assert_close(values[:, :, :, :, row, column], wanted, rtol=0, atol=1e-13)


@pytest.mark.usefixtures("_parts")
@pytest.mark.parametrize(("tiles", "shape"), CASES)
def test_slopes_of_inputs_are_the_transpose_of_their_values(tiles: Tiles, shape: tuple[int, ...]) -> None:
    x = numbers(*shape)
    values = tiles.input_values(x)
    at_points, slopes = numbers(*values.shape, seed=1), torch.full_like(x, torch.nan)
    tiles.write_input_slopes(at_points, slopes)
    torch.testing.assert_close((values * at_points).sum(), (x * slopes).sum())


@pytest.mark.usefixtures("_parts")
@pytest.mark.parametrize(("tiles", "shape"), CASES)
def test_slopes_at_the_points_are_the_transpose_of_the_outputs(tiles: Tiles, shape: tuple[int, ...]) -> None:
    size = (shape[0], tiles.height, tiles.width, *shape[3:])
    slopes, y = numbers(*size), torch.full(size, torch.nan, dtype=torch.float64)
    at_points = tiles.output_slopes(slopes)
    values = numbers(*at_points.shape, seed=1)
    tiles.write_outputs(values.clone(), None, y)
    torch.testing.assert_close((values * at_points).sum(), (y * slopes).sum())


def test_each_channel_gets_its_bias() -> None:
    tiles, bias = Tiles(3, 5, 1), numbers(2, 3)
    values = torch.zeros(POINTS**2 * 2, 4 * tiles.count, 3, dtype=torch.float64)
    y = torch.full((4, 3, 5, 2, 3), torch.nan, dtype=torch.float64)
    tiles.write_outputs(values, bias, y)
    assert torch.equal(y, bias.expand_as(y))
