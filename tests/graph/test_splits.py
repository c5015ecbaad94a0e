from __future__ import annotations

from netdef.graph.splits import with_splits
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer


def layers(*texts: str) -> list[str]:
    found = with_splits(graph(*texts))
    return [f"{each.name} {','.join(each.bottoms)} > {','.join(each.tops)}" for each in found]


def test_one_reader_needs_no_split() -> None:
    assert layers(IMAGES, layer("ReLU", "x", "y")) == ["images  > x", "y x > y"]


def test_each_of_several_readers_has_a_copy() -> None:
    found = layers(IMAGES, layer("Eltwise", "x,x", "sum"), layer("ReLU", "x", "y"))
    assert found == [
        "images  > x",
        "x_images_0_split x > x_images_0_split_0,x_images_0_split_1,x_images_0_split_2",
        "sum x_images_0_split_0,x_images_0_split_1 > sum",
        "y x_images_0_split_2 > y",
    ]


def test_each_version_of_a_blob_has_a_split_of_its_own_numbered_by_the_top() -> None:
    halves = layer("Slice", "x", "a,b", "slice_param { slice_point: 1 }", name="cut")
    found = layers(IMAGES, halves, layer("ReLU", "b", "b", name="r"), layer("ReLU", "b", "y"), layer("ReLU", "b", "z"))
    assert found[2:] == [
        "r b > b",
        "b_r_0_split b > b_r_0_split_0,b_r_0_split_1",
        "y b_r_0_split_0 > y",
        "z b_r_0_split_1 > z",
    ]


def test_a_weight_that_the_file_gives_takes_the_first_copy() -> None:
    found = layers(IMAGES, inner_product("x", "h", 4, "loss_weight: 0.5"), layer("ReLU", "h", "y"))
    assert found[2:] == ["h_h_0_split h > h_h_0_split_0,h_h_0_split_1", "y h_h_0_split_1 > y"]


def test_a_weight_of_0_takes_none() -> None:
    assert len(layers(IMAGES, inner_product("x", "h", 4, "loss_weight: 0"), layer("ReLU", "h", "y"))) == 3


def test_the_weight_that_a_loss_has_by_itself_takes_none() -> None:
    texts = [IMAGES, LABELS, layer("SoftmaxWithLoss", "x,label", "loss"), layer("Silence", "loss", name="quiet")]
    assert layers(*texts)[2:] == ["loss x,label > loss", "quiet loss > "]


def test_a_loss_that_nobody_reads_needs_no_split() -> None:
    assert len(layers(IMAGES, inner_product("x", "h", 4, "loss_weight: 0.5"))) == 2
