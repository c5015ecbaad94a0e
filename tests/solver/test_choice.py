"""The error for a word that a solver field does not know."""

from __future__ import annotations

from netdef.solver.choice import unknown_choice


def test_the_nearest_word_is_found_whatever_its_case() -> None:
    error = unknown_choice("type", "adamm", ["SGD", "Adam"])
    assert error.message == 'type is "adamm", which is unknown'
    assert error.path == ("type",)
    assert error.hint == 'did you mean "Adam"? known: Adam, SGD'


def test_a_word_like_none_is_given_the_list_alone() -> None:
    assert unknown_choice("type", "zzz", ["SGD", "Adam"]).hint == "known: Adam, SGD"


def test_a_word_of_a_fork_is_told_with_a_way_round() -> None:
    error = unknown_choice("lr_policy", "multifixed", ["fixed"])
    assert error.hint.startswith("multifixed comes from YOLO's Caffe: ")


def test_no_word_at_all_is_no_unknown_word() -> None:
    assert unknown_choice("lr_policy", "", ["fixed"]).message == "lr_policy is not set"
