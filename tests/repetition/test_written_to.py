from __future__ import annotations

import torch

from netdef.repetition.written_to import written_to

ATEN = torch.ops.aten


def test_an_operator_writes_to_a_tensor_that_is_there() -> None:
    a, b, place = torch.rand(2, 3), torch.rand(3, 4), torch.empty(4, 2).t()
    found = written_to(ATEN.mm.default, {}, place)
    assert found is not None
    found.function(a, b, **found.options)
    assert torch.equal(place, a @ b)


def test_several_results_have_places_of_their_own() -> None:
    x, places = torch.rand(2, 3), (torch.empty(2), torch.empty(2, dtype=torch.int64))
    found = written_to(ATEN.max.dim, {}, places)
    assert found is not None
    found.function(x, 1, **found.options)
    assert torch.equal(places[0], x.max(1).values)
    assert torch.equal(places[1], x.max(1).indices)


def test_options_are_kept_but_those_that_the_place_has_itself() -> None:
    place = torch.empty(2, 3, dtype=torch.float64)
    made = written_to(ATEN.zeros.default, {"dtype": torch.float64, "device": torch.device("cpu")}, place)
    assert made is not None
    assert made.options.keys() == {"out"}
    summed = written_to(ATEN.sum.dim_IntList, {"dtype": torch.float64}, place)
    assert summed is not None
    assert summed.options["dtype"] is torch.float64


def test_other_options_are_not_left_out() -> None:
    assert written_to(ATEN.mm.default, {"strange": 1}, torch.empty(2, 2)) is None


def test_what_is_not_made_has_no_place() -> None:
    assert written_to(ATEN.max.dim, {}, (torch.empty(2), None)) is None
    assert written_to(ATEN.detach_.default, {}, torch.empty(2)) is None
