from __future__ import annotations

from netdef.parallel.reach import always_reached, reached
from tests.graph.texts import graph, inner_product, layer

DATA = layer("Input", "", "x,t", "input_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 4 } }", name="data")
LOSS = layer("EuclideanLoss", "y,t", "loss")


def owners(*layers: str) -> set[tuple[str, int]]:
    return {(parameter.owner, parameter.index) for parameter in reached(graph(*layers))}


def test_all_that_a_loss_hangs_on_is_reached() -> None:
    layers = (DATA, inner_product("x", "h", 5), inner_product("h", "y", 4), LOSS)
    assert owners(*layers) == {("h", 0), ("h", 1), ("y", 0), ("y", 1)}
    assert always_reached(graph(*layers))


def test_what_only_an_output_hangs_on_is_not() -> None:
    layers = (DATA, inner_product("x", "y", 4), inner_product("x", "beside", 5), LOSS)
    assert owners(*layers) == {("y", 0), ("y", 1)}
    assert not always_reached(graph(*layers))


def test_what_the_file_keeps_the_gradient_from_is_not() -> None:
    layers = (DATA, inner_product("x", "h", 5), inner_product("h", "y", 4, "propagate_down: false"), LOSS)
    assert owners(*layers) == {("y", 0), ("y", 1)}
    assert not always_reached(graph(*layers))


def test_statistics_are_not_learned() -> None:
    layers = (DATA, inner_product("x", "h", 4), layer("BatchNorm", "h", "y", name="bn"), LOSS)
    assert owners(*layers) == {("h", 0), ("h", 1)}
    assert always_reached(graph(*layers))


def test_layers_that_choose_by_their_inputs_may_leave_something_out() -> None:
    choice = layer("Filter", "x,s", "chosen", name="choice")
    data = layer(
        "Input",
        "",
        "x,t,s",
        "input_param { shape { dim: 2 dim: 3 } shape { dim: 2 dim: 4 } shape { dim: 2 } }",
        name="data",
    )
    summed = layer("Reduction", "z", "loss", "loss_weight: 1")
    net = graph(data, choice, inner_product("chosen", "z", 4), summed)
    assert len(reached(net)) == 2
    assert not always_reached(net)
