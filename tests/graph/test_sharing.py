from __future__ import annotations

import pytest

from netdef.graph.graph import Graph
from tests.graph.texts import IMAGES, graph, inner_product, layer, node, problem

BATCH_NORM = layer("BatchNorm", "x", "y", "".join(f'param {{ name: "{name}" lr_mult: 0 }}' for name in "svf"))


def shared(one: str, other: str, bottom: str = "x", outputs: int = 3) -> list[str]:
    """Two layers whose weights have one name; ``one`` and ``other`` are written into their param blocks."""
    return [
        IMAGES,
        inner_product("x", "a", 3, f'param {{ name: "w" {one} }}'),
        inner_product(bottom, "b", outputs, f'param {{ name: "w" {other} }}'),
    ]


def multipliers(net: Graph) -> list[tuple[float, float]]:
    return [(parameter.lr_mult, parameter.decay_mult) for parameter in net.parameters]


def test_parameters_stand_in_the_order_of_their_first_use() -> None:
    net = graph(*shared("", ""))
    assert [(each.owner, each.index, each.name) for each in net.parameters] == [
        ("a", 0, "w"),
        ("a", 1, ""),
        ("b", 1, ""),
    ]
    assert [use.parameter for use in node(net, "b").blobs] == [net.parameters[0], net.parameters[2]]


def test_learned_blobs_come_before_statistics_which_are_not_learned() -> None:
    net = graph(IMAGES, layer("BatchNorm", "x", "y"), layer("Scale", "y", "z", "scale_param { bias_term: true }"))
    assert [parameter.learned for parameter in net.parameters] == [False, False, False, True, True]
    assert [parameter.shape for parameter in net.learned()] == [(3,), (3,)]
    assert multipliers(net)[:3] == [(0, 1)] * 3


def test_statistics_can_be_shared() -> None:
    net = graph(IMAGES, BATCH_NORM, BATCH_NORM.replace('"y"', '"z"'))
    assert len(net.parameters) == 3
    assert node(net, "z").blobs == node(net, "y").blobs


def test_multipliers_come_from_the_file() -> None:
    net = graph(IMAGES, inner_product("x", "y", 4, "param { lr_mult: 2 decay_mult: 0 } param { decay_mult: 3 }"))
    assert multipliers(net) == [(2, 0), (1, 3)]


def test_a_sharer_may_say_nothing_or_the_same() -> None:
    assert multipliers(graph(*shared("lr_mult: 2", "")))[0] == (2, 1)
    assert multipliers(graph(*shared("", "lr_mult: 2 decay_mult: 5")))[0] == (2, 5)
    assert multipliers(graph(*shared("lr_mult: 2", "lr_mult: 2")))[0] == (2, 1)


def test_sharers_that_disagree_are_refused() -> None:
    words = 'layer "b" (InnerProduct): shares parameter "w" with lr_mult 3, but layer "a" gave 2'
    assert problem(*shared("lr_mult: 2", "lr_mult: 3")) == words
    assert problem(*shared("decay_mult: 0", "decay_mult: 1")).endswith('with decay_mult 1, but layer "a" gave 0')


def test_the_layer_that_gave_the_other_multiplier_is_named_though_it_is_not_the_owner() -> None:
    texts = [*shared("", "lr_mult: 2"), inner_product("x", "c", 3, 'param { name: "w" lr_mult: 5 }')]
    assert problem(*texts) == 'layer "c" (InnerProduct): shares parameter "w" with lr_mult 5, but layer "b" gave 2'


def test_strict_sharing_wants_one_shape() -> None:
    assert problem(*shared("", "", outputs=5)) == (
        'layer "b" (InnerProduct): shares parameter "w" as 5×3, but layer "a" made it 3×3\n'
        "    share_mode: PERMISSIVE compares the number of values alone"
    )


def test_permissive_sharing_wants_one_number_of_values() -> None:
    wide = layer("InnerProduct", "x", "a", 'inner_product_param { num_output: 4 } param { name: "w" }')
    tall = 'layer { name: "six" type: "Input" top: "six" input_param { shape { dim: 5 dim: 6 } } }'
    other = 'param { name: "w" share_mode: PERMISSIVE }'
    net = graph(IMAGES, tall, wide, inner_product("six", "b", 2, other))
    use = node(net, "b").blobs[0]
    assert (use.shape, use.parameter.shape) == ((2, 6), (4, 3))
    words = problem(IMAGES, tall, wide, inner_product("six", "b", 3, other))
    assert words == 'layer "b" (InnerProduct): shares parameter "w" as 3×6, but layer "a" made it 4×3'


def test_more_entries_than_blobs_are_refused() -> None:
    words = problem(IMAGES, inner_product("x", "y", 4, "param { } param { } param { }"))
    assert words == 'layer "y" (InnerProduct): has 3 param entries, but only 2 parameter blobs'


def test_a_filler_that_cannot_be_is_refused_where_it_stands() -> None:
    words = problem(
        IMAGES, layer("InnerProduct", "x", "y", 'inner_product_param { num_output: 4 weight_filler { type: "xavir" } }')
    )
    assert words.startswith('layer "y" (InnerProduct): ')
    assert "xavir" in words
    assert 'did you mean "xavier"' in words


def test_groups_multiply_what_the_file_and_the_layer_say() -> None:
    group = 'layer_group { name: "slow" lr_mult: 0.5 decay_mult: 4 }'
    options = 'in_group: "slow" param { lr_mult: 6 } param { decay_mult: 2 }'
    assert multipliers(graph(IMAGES, group, inner_product("x", "y", 4, options))) == [(3, 4), (0.5, 8)]


def test_a_frozen_layer_does_not_learn() -> None:
    group = 'layer_group { name: "still" freeze: true }'
    options = 'in_group: "still" param { lr_mult: 6 }'
    assert [lr for lr, _ in multipliers(graph(IMAGES, group, inner_product("x", "y", 4, options)))] == [0, 0]


def test_sharers_in_groups_with_other_multipliers_are_refused() -> None:
    texts = shared("", "")
    texts[2] = texts[2].replace('top: "b"', 'top: "b" in_group: "slow"')
    assert problem('layer_group { name: "slow" lr_mult: 0.5 }', *texts) == (
        'layer "b" (InnerProduct): shares parameter "w" with layer "a", whose groups have other multipliers'
    )


def test_the_multiplier_of_a_group_counts_once_for_a_shared_parameter() -> None:
    texts = [text.replace("inner_product_param", 'in_group: "slow" inner_product_param') for text in shared("", "")]
    assert multipliers(graph('layer_group { name: "slow" lr_mult: 0.5 }', *texts)) == [(0.5, 1)] * 3


def test_unknown_lengths_are_shared_where_they_may_agree() -> None:
    texts = shared("", "")
    text = 'layer { name: "d" type: "Data" top: "x" data_param { source: "nowhere" batch_size: 5 } }'
    net = graph(text, *texts[1:])
    assert net.parameters[0].shape == (3, None)


@pytest.mark.parametrize("name", ["", "w"])
def test_a_layers_own_two_blobs_of_one_name_are_one(name: str) -> None:
    options = f'param {{ name: "{name}" }} param {{ name: "{name}" share_mode: PERMISSIVE }}'
    text = inner_product("one", "y", 4, options)
    one = 'layer { name: "one" type: "Input" top: "one" input_param { shape { dim: 5 dim: 1 } } }'
    assert len(graph(one, text).parameters) == (1 if name else 2)


def test_a_limit_of_kernels_is_the_parameters() -> None:
    net = graph(IMAGES, inner_product("x", "y", 4, "param { max_rms: 0.5 } param { lr_mult: 2 }"))
    assert [parameter.max_rms for parameter in net.parameters] == [0.5, 0]
    assert graph(*shared("", "max_rms: 0.25")).parameters[0].max_rms == 0.25


def test_a_limit_that_cannot_be_kept_is_refused() -> None:
    words = 'layer "b" (InnerProduct): shares parameter "w" with max_rms 3, but layer "a" gave 2'
    assert problem(*shared("max_rms: 2", "max_rms: 3")) == words
    none = problem(IMAGES, inner_product("x", "y", 4, "param { max_rms: 0 }"))
    assert none.endswith("max_rms is 0, must be above 0\n    leave it out for kernels of any size")
    of_bias = problem(IMAGES, inner_product("x", "y", 4, "param {} param { max_rms: 1 }"))
    assert of_bias.endswith("max_rms limits kernels, and this is a blob of shape 4")
    limited = BATCH_NORM.replace('"v" lr_mult: 0', '"v" lr_mult: 0 max_rms: 1')
    assert problem(IMAGES, limited).endswith("max_rms limits kernels, and this is a running statistic")
