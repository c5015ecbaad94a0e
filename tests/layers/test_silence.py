from __future__ import annotations

from tests.layers.contract import check_text, context, make, numbers


def test_silence_makes_nothing_of_anything() -> None:
    made = make("Silence", bottoms=2, tops=0)
    assert made.shapes((2, None), ()) == ()
    assert made.forward(context(made), (), numbers(2, 3), numbers(5)) == ()
    check_text(made)
