from __future__ import annotations

import pytest

from netdef.errors import UsageError
from netdef.graph.fitting import refuse_misfits
from netdef.layers.shape import Shape
from tests.graph.texts import graph, inner_product, layer

INPUT = (
    'layer { name: "in" type: "Input" top: "x" top: "t"'
    " input_param { shape { dim: 5 dim: 2 dim: 6 dim: 7 } shape { dim: 5 } } }"
)
CONVOLUTION = layer("Convolution", "x", "y", "convolution_param { num_output: 3 kernel_size: 3 }")
LOSS = 'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "z" bottom: "t" top: "loss" }'


def test_what_the_net_was_made_for_fits_and_so_does_another_batch() -> None:
    net = graph(INPUT, CONVOLUTION, inner_product("y", "z", 4), LOSS)
    for batch in (5, 1, 8):
        refuse_misfits(net, {"x": (batch, 2, 6, 7), "t": (batch,)})


def test_pixels_of_another_number_fit_where_no_product_reads_them() -> None:
    refuse_misfits(graph(INPUT, CONVOLUTION), {"x": (5, 2, 9, 4), "t": (5,)})


@pytest.mark.parametrize(
    ("x", "t", "words"),
    [
        (
            (5, 2, 6, 8),
            (5,),
            '"z" (InnerProduct): a bottom of 5×3×4×6 needs a parameter 0 of 4×72, it is of 4×60',
        ),
        (
            (5, 3, 6, 7),
            (5,),
            '"y" (Convolution): a bottom of 5×3×6×7 needs a parameter 0 of 3×3×3×3, it is of 3×2×3×3',
        ),
        ((5, 2, 6, 7), (4,), 'layer "loss" (SoftmaxWithLoss): bottoms have 5 and 4 items, must have the same number'),
    ],
)
def test_the_first_layer_that_cannot_take_it_is_named(x: Shape, t: Shape, words: str) -> None:
    net = graph(INPUT, CONVOLUTION, inner_product("y", "z", 4), LOSS)
    with pytest.raises(UsageError) as refused:
        refuse_misfits(net, {"x": x, "t": t})
    first, *others = str(refused.value).splitlines()
    assert words in first
    assert any("it was made for" in line for line in others)
    assert 'give it what it was made for ("x" 5×2×6×7, "t" 5; the batch may be longer' in others[-1]


def test_what_hangs_on_values_is_taken_to_fit() -> None:
    chosen = 'layer { name: "f" type: "Filter" bottom: "x" bottom: "t" top: "f" }'
    refuse_misfits(graph(INPUT, chosen, layer("ReLU", "f", "g")), {"x": (2, 3, 6, 7), "t": (2,)})
