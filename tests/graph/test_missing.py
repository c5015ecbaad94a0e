from __future__ import annotations

import pytest

from tests.graph.texts import IMAGES, LABELS, layer, problem


@pytest.mark.parametrize(
    ("texts", "way_out"),
    [
        ([layer("ReLU", "x", "y")], "no blob is made before it"),
        ([IMAGES, layer("ReLU", "elephant", "y")], "blobs made so far: x"),
        ([LABELS, layer("ReLU", "labels", "y")], 'did you mean "label"?'),
        (
            [layer("ReLU", "x", "y"), IMAGES],
            'layer "images" makes it later: layers run in file order, and a net has no cycles',
        ),
        (
            [IMAGES.replace("top:", "include { phase: TEST } top:"), layer("ReLU", "x", "y")],
            'layer "images" makes it, but its rules leave it out of this phase and stage: include { phase: TEST }',
        ),
        ([layer("ReLU", "x", "x")], "no blob is made before it"),
    ],
)
def test_the_way_to_a_missing_bottom_is_told(texts: list[str], way_out: str) -> None:
    assert problem(*texts).splitlines()[1].strip() == way_out


def test_of_two_makers_of_a_missing_bottom_the_one_in_this_phase_is_told() -> None:
    texts = [layer("ReLU", "x", "y"), IMAGES.replace("top:", "include { phase: TEST } top:"), IMAGES]
    assert "makes it later" in problem(*texts)
