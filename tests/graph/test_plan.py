from __future__ import annotations

from netdef.graph.graph import Graph
from netdef.graph.place import place
from netdef.graph.plan import Piece, Take
from netdef.layers.channels import Range
from tests.graph import texts
from tests.graph.texts import LABELS, graph, inner_product, layer, value

ON_0, ON_1 = 'device: "0"', 'device: "1"'
IMAGES = texts.IMAGES.replace("type:", f"{ON_0} type:")


def returned(net: Graph) -> set[str]:
    """Name what a gradient comes back to from another device."""
    return {getattr(piece.content, "name", "") or piece.content.owner for piece in place(net).returned()}  # type: ignore[union-attr]


def test_a_take_is_whole_where_it_is_all_of_its_piece() -> None:
    piece = Piece(value(graph(IMAGES), "x"), Range(1, 2, 6), "0")
    assert Take(piece, Range(1, 2, 6)).whole
    assert not Take(piece, Range(1, 2, 4)).whole


def test_gradients_go_back_to_what_was_learned_from_and_only_below_a_loss() -> None:
    loss = layer("SoftmaxWithLoss", "y,label", "loss", ON_1)
    net = graph(IMAGES, LABELS, inner_product("x", "h"), inner_product("h", "y", 4, ON_1), loss)
    assert {copy.made.content for copy in place(net).copies} == {value(net, "label"), value(net, "h")}
    assert returned(net) == {"h"}  # labels and what nothing was learned for get none
    assert returned(graph(IMAGES, inner_product("x", "h"), layer("Power", "h", "y", ON_1))) == set()


def test_no_gradient_goes_back_where_the_file_stops_it() -> None:
    stop = inner_product("h", "y", 4, f"{ON_1} propagate_down: false")
    loss = layer("Reduction", "y", "loss", "loss_weight: 1")
    assert returned(graph(IMAGES, inner_product("x", "h"), stop, loss)) == set()


def test_a_loss_on_another_device_than_the_last_has_its_gradient_from_there() -> None:
    first = layer("Reduction", "h", "early", "loss_weight: 1")
    last = layer("Reduction", "y", "late", "loss_weight: 1")
    net = graph(IMAGES, inner_product("x", "h"), first, inner_product("h", "y", 4, ON_1), last)
    assert (place(net).home, returned(net)) == ("1", {"h", "early"})


def test_a_shared_parameter_has_its_gradient_from_where_it_is_borrowed() -> None:
    shared = 'param { name: "w" } param { name: "b" lr_mult: 0 }'
    twins = [inner_product("x", "p", 4, shared), inner_product("x", "q", 4, f"{shared} {ON_1}")]
    net = graph(IMAGES, *twins, layer("Eltwise", "p,q", "s"), layer("Reduction", "s", "loss", "loss_weight: 1"))
    weight, bias = net.parameters
    plan = place(net)
    assert {copy.made.content for copy in plan.copies} >= {weight, bias}
    assert {piece.content for piece in plan.returned()} == {weight, value(net, "q")}


def test_forced_gradients_go_to_frozen_parameters_but_not_to_inputs() -> None:
    frozen = inner_product("x", "h", 4, 'in_group: "still"')
    above = [inner_product("h", "y", 4, ON_1), layer("Reduction", "y", "loss", "loss_weight: 1")]
    texts = ['layer_group { name: "still" freeze: true }', IMAGES, frozen, *above]
    assert returned(graph(*texts)) == set()
    assert returned(graph("force_backward: true", *texts)) == {"h"}


def test_a_batch_enters_where_its_source_lies_and_comes_home_to_the_loss() -> None:
    source = IMAGES.replace(ON_0, 'device: "2"')
    plan = place(graph(source, layer("Reduction", "x", "loss", f"loss_weight: 1 {ON_1}")))
    assert (plan.entry, plan.home) == ("2", "1")
    assert place(graph(layer("DummyData", "", "x", f"dummy_data_param {{ shape {{ dim: 2 }} }} {ON_1}"))).entry == "1"
