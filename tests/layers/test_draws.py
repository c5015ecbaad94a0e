from __future__ import annotations

import pytest
import torch

from netdef.layers.draws import Draws, stable_hash

BATCH, SIZE = 64, 1000
BITS = [[1755003423, 179118106], [-884880318, -1567659935]]  # of seed 1, layer drop6, records 0 and 5
HASH = 1435355465


def test_uniform_numbers_have_the_mean_and_variance_of_uniform_numbers() -> None:
    u = Draws(seed=3, layer="drop6").uniform(torch.empty(BATCH, SIZE, dtype=torch.float64))
    assert u.min() >= 0
    assert u.max() < 1
    assert float(u.mean()) == pytest.approx(0.5, abs=0.005)
    assert float(u.var()) == pytest.approx(1 / 12, abs=0.002)


def test_all_tenths_are_hit_as_often() -> None:
    u = Draws(seed=4, layer="drop7").uniform(torch.empty(BATCH, SIZE))
    shares = torch.histc(u, bins=10, min=0, max=1) / u.numel()
    assert float((shares - 0.1).abs().max()) < 0.005


def test_each_bit_is_set_half_of_the_time() -> None:
    bits = Draws(seed=5, layer="drop").bits(torch.empty(BATCH, SIZE))
    for place in range(32):
        share = float(((bits >> place) & 1).double().mean())
        assert share == pytest.approx(0.5, abs=0.01), f"bit {place}"


def test_neighbours_in_a_row_and_in_a_column_are_unrelated() -> None:
    u = Draws(seed=6, layer="drop").uniform(torch.empty(BATCH, SIZE, dtype=torch.float64)) - 0.5
    assert abs(float((u[:, 1:] * u[:, :-1]).mean())) < 0.002
    assert abs(float((u[1:] * u[:-1]).mean())) < 0.002


def test_a_record_draws_the_same_wherever_it_stands_in_a_batch() -> None:
    like = torch.empty(4, 3, 5)
    ordinals = torch.tensor([7, 2**40 + 7, 9, 11])
    draws = Draws(seed=1, layer="drop", iteration=3, rows=ordinals)
    shuffled = Draws(seed=1, layer="drop", iteration=8, rows=ordinals.flip(0))
    assert torch.equal(draws.bits(like), shuffled.bits(like).flip(0))
    alone = Draws(seed=1, layer="drop", rows=ordinals[2:3])
    assert torch.equal(alone.bits(like[:1]), draws.bits(like)[2:3])
    assert not torch.equal(draws.bits(like)[0], draws.bits(like)[1]), "high words count"


def test_rows_that_are_no_records_draw_by_iteration() -> None:
    like = torch.empty(4, 30)
    first = Draws(seed=1, layer="drop", iteration=3)
    assert torch.equal(first.bits(like), Draws(seed=1, layer="drop", iteration=3).bits(like))
    assert not torch.equal(first.bits(like), Draws(seed=1, layer="drop", iteration=4).bits(like))
    fitting = Draws(seed=1, layer="drop", iteration=3, rows=torch.arange(5))
    assert torch.equal(first.bits(like), fitting.bits(like)), "five ordinals are none of four rows"


@pytest.mark.parametrize("other", [Draws(seed=2, layer="drop6"), Draws(seed=1, layer="drop7")])
def test_seeds_and_layers_draw_apart(other: Draws) -> None:
    like = torch.empty(BATCH, SIZE)
    same = (Draws(seed=1, layer="drop6").uniform(like) < 0.5) == (other.uniform(like) < 0.5)
    assert float(same.double().mean()) == pytest.approx(0.5, abs=0.01)


def test_what_is_drawn_never_changes() -> None:
    draws = Draws(seed=1, layer="drop6", rows=torch.tensor([0, 5]))
    assert draws.bits(torch.empty(2, 2)).tolist() == BITS
    assert stable_hash(1, "drop6") == HASH


def test_a_single_number_and_an_empty_batch_can_be_drawn_for() -> None:
    draws = Draws(seed=1, layer="drop6")
    assert draws.uniform(torch.empty(())).shape == ()
    assert draws.bits(torch.empty(0, 3)).shape == (0, 3)


def test_uniform_keeps_the_dtype() -> None:
    assert Draws(seed=1, layer="a").uniform(torch.empty(2, 3, dtype=torch.float64)).dtype == torch.float64
