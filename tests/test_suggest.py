from __future__ import annotations

from netdef.suggest import did_you_mean, nearest

KNOWN = {"Convolution": 1, "Deconvolution": 2, "Concat": 3}


def test_the_word_most_like_it_is_asked_for() -> None:
    assert did_you_mean("Convolutoin", KNOWN) == 'did you mean "Convolution"?'
    assert nearest("Deconvolutoin", iter(KNOWN)) == "Deconvolution"


def test_nothing_is_asked_where_nothing_is_like_it() -> None:
    assert did_you_mean("ReLU", KNOWN) == ""
    assert did_you_mean("ReLU", []) == ""


def test_how_like_it_must_be_can_be_said() -> None:
    assert nearest("Contact", KNOWN) == "Concat"
    assert nearest("Contact", KNOWN, cutoff=0.95) == ""
