from __future__ import annotations

import pytest

from netdef.errors import DataError, DefinitionError, Severity
from netdef.graph.build import build, examine
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import (
    IMAGES,
    LABELS,
    graph,
    inner_product,
    layer,
    message,
    node,
    problem,
    problems,
    value,
)

TRAIN, TEST = schema.NetState(phase=schema.TRAIN), schema.NetState(phase=schema.TEST)
DATABASE = 'layer { name: "d" type: "Data" top: "x" top: "label" data_param { source: "nowhere" batch_size: 5 } }'
LOSS = layer("SoftmaxWithLoss", "y,label", "loss")


def shapes(net: schema.NetParameter, records: Shape | None) -> dict[str, Shape | None]:
    built = build(net, TRAIN, record_shapes=lambda source: None if records is None else [records])
    return {each.name: each.shape for each in built.values()}


def test_layers_of_other_phases_levels_and_stages_are_left_out() -> None:
    texts = [
        IMAGES,
        layer("ReLU", "x", "train", "include { phase: TRAIN }"),
        layer("ReLU", "x", "test", "exclude { phase: TRAIN }"),
        layer("ReLU", "x", "high", "include { min_level: 2 }"),
        layer("ReLU", "x", "staged", 'include { stage: "deploy" }'),
    ]
    assert [each.name for each in graph(*texts).nodes] == ["images", "train"]
    built = graph(*texts, phase=schema.TEST, level=2, stages=["deploy"])
    assert [each.name for each in built.nodes] == ["images", "test", "high", "staged"]
    assert [(each.index, each.position) for each in built.nodes] == [(0, 0), (1, 2), (2, 3), (3, 4)]


def test_layers_know_the_phase_of_their_net_unless_they_have_their_own() -> None:
    texts = [IMAGES, layer("Dropout", "x", "y"), layer("Dropout", "x", "z", "phase: TRAIN")]
    built = graph(*texts, phase=schema.TEST)
    assert [node(built, name).layer.train for name in "yz"] == [False, True]


def test_include_and_exclude_rules_do_not_mix() -> None:
    assert problem(IMAGES, layer("ReLU", "x", "y", "include { phase: TEST } exclude { phase: TRAIN }")) == (
        'layer "y" (ReLU): has include and exclude rules, must have one kind or the other'
    )


def test_a_top_in_place_is_the_next_version_of_its_blob() -> None:
    built = graph(IMAGES, layer("ReLU", "x", "x", name="r"), layer("Dropout", "x", "x", name="d"))
    first, second, third = (value(built, "x", version) for version in range(3))
    assert [each.producer.name for each in (first, second, third)] == ["images", "r", "d"]
    assert first.consumers == [(node(built, "r"), 0)]
    assert second.consumers == [(node(built, "d"), 0)]
    assert built.outputs == (third,)
    assert [each.in_place for each in built.nodes] == [False, True, True]


def test_readers_before_a_layer_in_place_read_the_version_before_it() -> None:
    built = graph(IMAGES, layer("Power", "x", "p"), layer("ReLU", "x", "x", name="r"), layer("Power", "x", "q"))
    assert node(built, "p").bottoms == (value(built, "x", 0),)
    assert node(built, "q").bottoms == (value(built, "x", 1),)


def test_a_blob_may_have_many_readers_and_one_may_read_it_twice() -> None:
    built = graph(IMAGES, layer("Eltwise", "x,x", "sum"), layer("ReLU", "x", "y"))
    both, relu = node(built, "sum"), node(built, "y")
    assert value(built, "x").consumers == [(both, 0), (both, 1), (relu, 0)]


@pytest.mark.parametrize(("weight", "outputs"), [("loss_weight: 0.5", ["h", "y"]), ("loss_weight: 0", ["y"])])
def test_a_loss_that_others_read_is_an_output_too(weight: str, outputs: list[str]) -> None:
    built = graph(IMAGES, layer("AbsVal", "x", "h", weight), layer("ReLU", "h", "y"))
    assert [output.name for output in built.outputs] == outputs


def test_a_loss_that_is_overwritten_is_none() -> None:
    built = graph(IMAGES, layer("AbsVal", "x", "h", "loss_weight: 2"), layer("ReLU", "h", "h", name="r"))
    assert built.outputs == (value(built, "h", 1),)


def test_outputs_are_the_blobs_that_nobody_reads_by_name() -> None:
    built = graph(IMAGES, LABELS, layer("ReLU", "x", "zebra"), layer("ReLU", "x", "ant"), layer("Silence", "label"))
    assert [output.name for output in built.outputs] == ["ant", "zebra"]


def test_a_loss_left_without_a_top_has_an_automatic_one() -> None:
    built = graph(IMAGES, LABELS, inner_product("x", "y"), layer("SoftmaxWithLoss", "y,label", name="loss"))
    assert node(built, "loss").loss_weights == (1.0,)
    assert [top.name for top in node(built, "loss").tops] == ["(automatic)"]
    assert built.outputs == ()


def test_loss_weights_come_from_the_file_or_the_type() -> None:
    texts = [IMAGES, LABELS, inner_product("x", "y", 4, "loss_weight: 0.25"), LOSS]
    built = graph(*texts)
    assert [each.loss_weights for each in built.nodes] == [(0.0,), (0.0,), (0.25,), (1.0,)]
    built = graph(*texts[:3], LOSS.replace("SoftmaxWithLoss", "HingeLoss").replace("}", "loss_weight: 3 }"))
    assert node(built, "loss").loss_weights == (3.0,)


def test_shapes_parameters_and_cost_stand_on_every_node() -> None:
    built = graph(IMAGES, inner_product("x", "y", 4))
    assert value(built, "y").shape == (5, 4)
    assert [use.shape for use in node(built, "y").blobs] == [(4, 3), (4,)]
    assert (node(built, "y").cost.macs, node(built, "y").cost.activation_bytes) == (5 * 3 * 4, 5 * 4 * 4)


def test_records_give_the_shapes_of_a_source() -> None:
    net = message(DATABASE, layer("Pooling", "x", "y", "pooling_param { kernel_size: 2 stride: 2 }"))
    assert shapes(net, (3, 9, 7)) == {"x": (5, 3, 9, 7), "label": (5,), "y": (5, 3, 5, 4)}


def test_unknown_lengths_flow_through() -> None:
    net = message(
        DATABASE,
        layer("Convolution", "x", "c", "convolution_param { num_output: 6 kernel_size: 3 }"),
        inner_product("c", "y"),
        LOSS,
    )
    found = shapes(net, None)
    assert found == {
        "x": (5, None, None, None),
        "label": (5,),
        "c": (5, 6, None, None),
        "y": (5, 4),
        "loss": (),
    }


def test_an_unknown_number_of_axes_flows_through() -> None:
    built = graph('layer { name: "in" type: "Input" top: "x" }', inner_product("x", "y"), layer("ReLU", "y", "z"))
    assert [each.shape for each in built.values()] == [None, None, None]
    assert (node(built, "y").blobs, node(built, "y").cost.macs) == ((), None)


def test_what_is_certainly_wrong_above_an_unknown_shape_is_still_found() -> None:
    texts = ['layer { name: "in" type: "Input" top: "x" }', layer("ReLU", "x,x", "y"), layer("LRN", "q", "z")]
    assert [str(each).splitlines()[0] for each in problems(*texts)] == [
        'layer "y" (ReLU): has 2 bottoms (x, x), takes exactly 1',
        'layer "z" (LRN): bottom "q" is made by no layer before it',
    ]


def test_build_raises_what_examine_returns() -> None:
    net = message(IMAGES, layer("ReLU", "q", "y"), layer("ReLU", "p", "z"))
    _, found = examine(net, TRAIN)
    with pytest.raises(DefinitionError) as caught:
        build(net, TRAIN)
    assert list(caught.value.problems) == found.errors
    assert len(found.errors) == 2


@pytest.mark.parametrize(
    "texts",
    [
        [IMAGES, layer("Power", "x", "y"), layer("Power", "x", "y", name="again")],
        [IMAGES, layer("Slice", "x", "y,y", "slice_param { slice_point: 1 }")],
        [IMAGES, LABELS, layer("Eltwise", "x,label", "label", name="sum")],
    ],
)
def test_a_blob_is_written_once(texts: list[str]) -> None:
    assert any(" is made already by layer " in each.message for each in problems(*texts))


def test_a_top_made_twice_says_by_whom_and_what_to_do() -> None:
    assert problem(IMAGES, layer("Power", "x", "y"), layer("Power", "x", "y", name="again")) == (
        'layer "again" (Power): top "y" is made already by layer "y"\n'
        "    give it another name; to work in place, name the same blob as bottom and top at the same position"
    )


def test_a_layer_that_may_not_work_in_place_is_refused_once() -> None:
    text = layer("Concat", "x", "x", name="c")
    assert problem(IMAGES, text).startswith('layer "c" (Concat): top "x" would overwrite its bottom')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (layer("SoftmaxWithLoss", "x", "loss"), "has 1 bottom (x), takes exactly 2"),
        (layer("ReLU", "x,label", "y"), "has 2 bottoms (x, label), takes exactly 1"),
        (layer("ReLU", "x", "y,z"), "has 2 tops (y, z), makes exactly 1"),
        (
            layer("ReLU", "x", "y", "propagate_down: true propagate_down: false"),
            "gives propagate_down 2 times, must give it never or once for each bottom (1)",
        ),
        (
            layer("ReLU", "x", "y", "loss_weight: 1 loss_weight: 0 loss_weight: 1"),
            "gives loss_weight 3 times, must give it never or once for each top (1)",
        ),
    ],
)
def test_wires_that_do_not_fit_the_type_are_refused(text: str, words: str) -> None:
    assert words in problem(IMAGES, LABELS, text)


def test_a_wrong_number_of_propagate_down_under_a_loss_is_an_error_like_others() -> None:
    down = inner_product("x", "y", 4, "propagate_down: true propagate_down: true")
    assert "gives propagate_down 2 times" in problem(IMAGES, LABELS, down, LOSS)


def test_a_layer_that_cannot_be_made_still_makes_its_tops() -> None:
    texts = [IMAGES, layer("Unheard", "x", "y,z", "loss_weight: 1 loss_weight: 0"), layer("ReLU", "z", "w")]
    assert problem(*texts).startswith('layer "y" (Unheard): unknown layer type "Unheard"')


def test_an_unknown_loss_may_make_its_own_tops() -> None:
    text = 'layer { name: "l" type: "UnheardLoss" bottom: "x" loss_weight: 1 }'
    assert 'unknown layer type "UnheardLoss"' in problem(IMAGES, text)


def test_a_database_that_cannot_be_looked_at_is_a_problem_of_its_layer() -> None:
    def damaged(source: schema.LayerParameter) -> None:
        raise DataError(f"{source.data_param.source}: data.mdb is cut off")

    built, found = examine(message(DATABASE, layer("ReLU", "x", "y")), TRAIN, record_shapes=damaged)
    assert [str(each) for each in found.errors] == ['layer "d" (Data): nowhere: data.mdb is cut off']
    assert len(built.nodes) == 2


def test_a_crop_larger_than_the_records_is_refused() -> None:
    net = message(DATABASE.replace("data_param", "transform_param { crop_size: 8 } data_param"))
    with pytest.raises(DefinitionError, match="crop_size is 8, but the records are 9×7"):
        shapes(net, (3, 9, 7))


@pytest.mark.parametrize("name", ["conv1.1", "type", "forward", "keys", "", "a/b", "a b"])
def test_any_name_is_a_legal_name(name: str) -> None:
    built = graph(IMAGES, inner_product("x", "y", name=name or " ").replace('name: " "', f'name: "{name}"'))
    assert built.nodes[1].name == built.nodes[1].key == name


def test_layers_of_one_name_have_keys_of_their_own() -> None:
    built = graph(IMAGES, *(layer("ReLU", "x", top, name="twin") for top in "abc"))
    assert [each.namesakes for each in built.nodes] == [0, 0, 1, 2]
    assert len({each.key for each in built.nodes}) == 4
    assert built.nodes[1].key == "twin"


def test_a_net_without_layers_is_an_empty_graph() -> None:
    built = graph('name: "nothing"')
    assert (built.name, built.nodes, built.outputs, built.parameters) == ("nothing", [], (), [])


def test_the_graph_knows_its_phase_and_sources() -> None:
    built = graph(IMAGES, LABELS, layer("ReLU", "x", "y"))
    assert built.train
    assert [each.name for each in built.sources] == ["images", "labels"]
    assert not graph(IMAGES, phase=schema.TEST).train


def test_a_gradient_that_caffe_gets_wrong_is_a_warning() -> None:
    texts = [IMAGES, inner_product("x", "h"), layer("Sigmoid", "h", "s"), layer("ReLU", "s", "s", name="r")]
    texts += [LABELS, layer("SoftmaxWithLoss", "s,label", "loss")]
    built = graph(*texts)
    (warning,) = built.warnings
    assert warning.severity is Severity.WARNING
    assert warning.message.startswith('layer "s" (Sigmoid): Caffe\'s gradient is wrong below it')
    assert 'values that layer "r" overwrites in place' in warning.message
    assert warning.hint == 'give layer "r" a top of its own to make both agree'
