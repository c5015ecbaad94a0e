from __future__ import annotations

from netdef.graph.logged import blobs_with_gradient, bottoms_with_gradient, made_by, parameter_names
from netdef.graph.splits import SplitLayer, with_splits
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer


def logged(*texts: str) -> dict[str, tuple[list[str], list[int]]]:
    """Return for each layer the bottoms and the numbers of the parameters whose gradients are logged."""
    net = graph(*texts)

    def blobs(each: SplitLayer) -> list[int]:
        return blobs_with_gradient(net, each.node) if each.node else []

    found = {
        each.name: ([each.bottoms[i] for i in bottoms_with_gradient(each)], blobs(each)) for each in with_splits(net)
    }
    return {name: both for name, both in found.items() if any(both)}


def test_gradients_go_down_to_the_first_layer_that_learns() -> None:
    still = inner_product("x", "h", 4, "param { lr_mult: 0 } param { lr_mult: 0 }")
    loss = layer("SoftmaxWithLoss", "y,label", "loss")
    learns = inner_product("h", "k", 4, "param { lr_mult: 0 }")
    found = logged(IMAGES, LABELS, still, learns, layer("ReLU", "k", "k", name="relu"), inner_product("k", "y"), loss)
    assert found == {"k": ([], [1]), "relu": (["k"], []), "y": (["k"], [0, 1]), "loss": (["y"], [])}


def test_all_gradients_are_logged_where_the_net_forces_them() -> None:
    still = inner_product("x", "h", 4, "param { lr_mult: 0 } param { lr_mult: 0 }")
    assert logged("force_backward: true", IMAGES, LABELS, still, layer("SoftmaxWithLoss", "h,label", "loss")) == {
        "h": (["x"], [0, 1]),
        "loss": (["h"], []),
    }


def test_a_split_passes_on_what_its_readers_give() -> None:
    texts = (IMAGES, LABELS, inner_product("x", "y"), layer("SoftmaxWithLoss", "y,label", "loss"))
    assert logged(*texts, layer("Silence", "y", name="quiet"))["y_y_0_split"] == (["y"], [])
    quiet = [layer("Silence", "x", name=name) for name in ("one", "two")]
    assert "x_images_0_split" not in logged(*texts, *quiet)


def test_statistics_have_gradients_in_caffe_unless_the_file_says_no() -> None:
    def of(options: str) -> list[int]:
        norm = layer("BatchNorm", "h", "n", options)
        return logged(IMAGES, LABELS, inner_product("x", "h"), norm, layer("SoftmaxWithLoss", "n,label", "loss"))["n"][
            1
        ]

    assert of("") == [0, 1, 2]
    assert of("param { lr_mult: 0 }") == [1, 2]


def test_a_frozen_layer_has_none() -> None:
    frozen = layer("BatchNorm", "h", "n", 'in_group: "still"')
    group = 'layer_group { name: "still" freeze: true }'
    net = (group, IMAGES, LABELS, inner_product("x", "h"), frozen, layer("SoftmaxWithLoss", "n,label", "loss"))
    assert logged(*net)["n"] == (["h"], [])


def test_parameters_go_by_the_names_they_are_shared_by() -> None:
    net = graph(
        IMAGES, inner_product("x", "h", 4, 'param { name: "w" }'), layer("ReLU", "h", "r"), layer("TanH", "h", "t")
    )
    assert parameter_names(net.nodes[1]) == ["w", "1"]


def test_a_split_has_made_what_it_copies() -> None:
    net = graph(IMAGES, layer("ReLU", "x", "r"), layer("TanH", "x", "t"))
    images, split, *_ = with_splits(net)
    assert [*made_by(split)] == [net.nodes[0].tops[0]] * 2
    assert made_by(images) == net.nodes[0].tops
