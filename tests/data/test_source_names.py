"""Each source layer has a name of its own, whatever the file calls it."""

from __future__ import annotations

from netdef.data.source_names import distinct_names


def test_names_that_differ_stay() -> None:
    assert distinct_names(["pictures", "words"]) == ["pictures", "words"]


def test_the_first_keeps_its_name_and_later_ones_are_numbered() -> None:
    assert distinct_names(["data", "data", "other", "data"]) == ["data", "data#2", "other", "data#3"]


def test_a_number_that_a_layer_has_is_passed_over() -> None:
    assert distinct_names(["data", "data", "data#2"]) == ["data", "data#3", "data#2"]
