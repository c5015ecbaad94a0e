from __future__ import annotations

from netdef.graph.rows import record_blobs, rowwise_blobs
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer

LOSS = layer("SoftmaxWithLoss", "y,label", "loss")


def names(blobs: set[object]) -> set[str]:
    return {str(getattr(blob, "name", blob)) for blob in blobs}


def both(*texts: str) -> tuple[set[str], set[str]]:
    """The blobs that can be computed row by row, and those that have rows at all."""
    net = graph(IMAGES, LABELS, *texts)
    return names({*rowwise_blobs(net)}), names({*record_blobs(net)})


def test_layers_keep_rows_and_a_loss_ends_them() -> None:
    assert both(inner_product("x", "h", 6), layer("ReLU", "h", "y"), LOSS) == ({"x", "label", "h", "y"},) * 2


def test_rows_behind_batch_statistics_are_there_but_hang_on_each_other() -> None:
    rowwise, of_records = both(layer("BatchNorm", "x", "h"), inner_product("h", "y"), LOSS)
    assert rowwise == {"x", "label"}
    assert of_records == {"x", "label", "h", "y"}


def test_statistics_that_are_given_mix_nothing() -> None:
    fixed = layer("BatchNorm", "x", "h", "batch_norm_param { use_global_stats: true }")
    assert both(fixed, inner_product("h", "y"), LOSS) == ({"x", "label", "h", "y"},) * 2


def test_a_source_of_another_length_has_no_rows_nor_has_what_hangs_on_it() -> None:
    other = layer("Input", "", "z", "input_param { shape { dim: 4 dim: 3 } }")
    assert both(other, layer("ReLU", "z", "w")) == ({"x", "label"},) * 2


def test_rows_that_are_multiplied_together_are_lost() -> None:
    flat = layer("InnerProduct", "x", "h", "inner_product_param { num_output: 6 axis: 0 }")
    assert both(flat) == ({"x", "label"},) * 2


def test_a_batch_that_is_not_known_has_no_rows() -> None:
    nothing = 'layer { name: "in" type: "Input" top: "x" }'
    assert rowwise_blobs(graph(nothing)) == set()
