from __future__ import annotations

import torch

from netdef.graph.graph import Graph
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer
from tests.nets import LOSS as LOSS_ON_Y
from tests.nets import inputs, net, random_product

LOSS = layer("SoftmaxWithLoss", "top,label", "loss")
FROZEN = "param { lr_mult: 0 } param { lr_mult: 0 }"


def backward(net: Graph) -> dict[str, bool]:
    return {node.name: node.backward for node in net.nodes if node.bottoms}


def propagates(net: Graph) -> dict[str, tuple[bool, ...]]:
    return {node.name: node.propagates for node in net.nodes if node.bottoms}


def chain(*middle: str, head: str = "") -> Graph:
    """A net from x by way of ``middle`` to the loss on "top"."""
    return graph(head, IMAGES, LABELS, *middle, LOSS)


def test_gradients_go_from_the_loss_down_to_the_lowest_layer_that_learns() -> None:
    net = chain(layer("ReLU", "x", "r"), inner_product("r", "h"), layer("ReLU", "h", "top"))
    assert propagates(net) == {"r": (False,), "h": (False,), "top": (True,), "loss": (True, False)}
    assert backward(net) == {"r": False, "h": True, "top": True, "loss": True}


def test_without_a_loss_nothing_is_computed_backward() -> None:
    net = graph(IMAGES, inner_product("x", "h"), inner_product("h", "y"))
    assert backward(net) == {"h": False, "y": False}
    assert propagates(net) == {"h": (False,), "y": (False,)}


def test_any_top_with_a_weight_is_a_loss() -> None:
    net = graph(IMAGES, inner_product("x", "h"), inner_product("h", "y", 4, "loss_weight: 0.5"))
    assert backward(net) == {"h": True, "y": True}
    assert propagates(net)["y"] == (True,)


def test_a_loss_of_weight_0_is_none() -> None:
    net = graph(
        IMAGES, LABELS, inner_product("x", "top"), layer("SoftmaxWithLoss", "top,label", "loss", "loss_weight: 0")
    )
    assert backward(net) == {"top": False, "loss": False}


def test_branches_that_reach_no_loss_are_left_out() -> None:
    net = chain(
        inner_product("x", "h"), inner_product("h", "top"), inner_product("h", "aside"), layer("Softmax", "top", "p")
    )
    assert backward(net) == {"h": True, "top": True, "aside": False, "p": False, "loss": True}
    assert propagates(net)["aside"] == (False,)


def test_layers_that_do_not_learn_pass_gradients_on_to_those_that_do() -> None:
    net = chain(inner_product("x", "h"), inner_product("h", "top", 4, FROZEN))
    assert backward(net)["top"]
    assert propagates(net)["top"] == (True,)


def test_below_the_lowest_layer_that_learns_nothing_is_computed() -> None:
    net = chain(inner_product("x", "h", 4, FROZEN), inner_product("h", "top"))
    assert backward(net) == {"h": False, "top": True, "loss": True}
    assert propagates(net)["top"] == (False,)


def test_a_frozen_group_is_passed_through_only_for_learners_below() -> None:
    still, group = 'in_group: "still"', 'layer_group { name: "still" freeze: true }'
    above = chain(inner_product("x", "h", 4, still), inner_product("h", "top"), head=group)
    assert (backward(above)["h"], propagates(above)["top"]) == (False, (False,))
    below = chain(inner_product("x", "h"), inner_product("h", "top", 4, still), head=group)
    assert (backward(below)["h"], propagates(below)["top"]) == (True, (True,))


def test_propagate_down_false_cuts_a_branch_and_what_only_feeds_it() -> None:
    cut = layer("Eltwise", "a,b", "top", "propagate_down: false propagate_down: true")
    net = chain(inner_product("x", "h"), inner_product("h", "a"), inner_product("x", "b"), cut)
    assert backward(net) == {"h": False, "a": False, "b": True, "top": True, "loss": True}
    assert propagates(net)["top"] == (False, True)


def test_a_blob_that_another_branch_needs_is_not_cut() -> None:
    cut = layer("Eltwise", "a,b", "sum", "propagate_down: false propagate_down: true")
    net = chain(inner_product("x", "a"), inner_product("a", "b"), cut, inner_product("sum", "top"))
    assert backward(net)["a"]
    assert propagates(net)["b"] == (True,)


def test_propagate_down_true_asks_for_a_gradient_that_nobody_below_needs() -> None:
    net = chain(inner_product("x", "top", 4, "propagate_down: true"))
    assert propagates(net)["top"] == (True,)


def test_propagate_down_true_starts_no_backward_pass_where_nothing_learns() -> None:
    net = chain(layer("ReLU", "x", "top", "propagate_down: true"))
    assert backward(net) == {"top": False, "loss": False}


def test_force_backward_reaches_all_bottoms_that_take_gradients() -> None:
    net = chain(layer("ReLU", "x", "r"), inner_product("r", "top", 4, FROZEN), head="force_backward: true")
    assert backward(net) == {"r": True, "top": True, "loss": True}
    assert propagates(net) == {"r": (True,), "top": (True,), "loss": (True, False)}
    assert net.force_backward


def test_force_backward_needs_no_loss() -> None:
    net = graph("force_backward: true", IMAGES, layer("ReLU", "x", "r"))
    assert (backward(net), propagates(net)) == ({"r": True}, {"r": (True,)})


def test_statistics_are_nothing_to_learn() -> None:
    net = chain(layer("BatchNorm", "x", "top"))
    assert backward(net) == {"top": False, "loss": False}


def test_gradients_sum_over_all_readers_of_a_blob() -> None:
    both = layer("Eltwise", "y,y", "sum")
    made = net(IMAGES, random_product("x", "y"), both, layer("Reduction", "sum", "loss", "loss_weight: 1"))
    made(inputs()).loss.backward()
    bias = made.blobs_of("y")[1]
    assert bias.grad is not None
    torch.testing.assert_close(bias.grad, torch.full((4,), 2.0 * 5))


def test_bottoms_that_take_no_gradient_are_cut_off() -> None:
    cut = layer("Eltwise", "p,q", "s", "propagate_down: false propagate_down: true")
    made = net(
        IMAGES, random_product("x", "p"), random_product("x", "q"), cut, layer("Reduction", "s", "l", "loss_weight: 1")
    )
    made(inputs()).loss.backward()
    assert made.blobs_of("p")[0].grad is None
    assert made.blobs_of("q")[0].grad is not None


def test_parameters_that_do_not_learn_get_no_gradient_unless_it_is_forced() -> None:
    texts = [IMAGES, LABELS, random_product("x", "y", 4, "param { lr_mult: 0 }"), LOSS_ON_Y]
    for head, learned in (("", [False, True]), ("force_backward: true", [True, True])):
        made = net(head, *texts)
        made(inputs()).loss.backward()
        assert [blob.grad is not None for blob in made.blobs_of("y")] == learned


def test_force_backward_takes_gradients_to_the_inputs() -> None:
    made = net("force_backward: true", IMAGES, LABELS, random_product("x", "y"), LOSS_ON_Y)
    given = inputs()
    given["x"].requires_grad_()
    made(given).loss.backward()
    assert given["x"].grad is not None
