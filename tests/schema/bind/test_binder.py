"""Filling messages from trees, with the place of every field."""

from netdef.errors import Place
from netdef.prototxt.parse import parse
from netdef.schema.bind import Bound, bind
from netdef.schema.netdef_pb2 import NetParameter

NET = """\
name: "net"
layer {
  name: "conv1"
  bottom: "data"
  convolution_param { pad: [1, 2] pad: 3 weight_filler {} }
}
layer { name: "relu1" }
"""


def bound(text: str) -> Bound[NetParameter]:
    return bind(parse(text, "f"), NetParameter)


def test_the_message() -> None:
    message = bound(NET).message
    assert [layer.name for layer in message.layer] == ["conv1", "relu1"]
    assert list(message.layer[0].convolution_param.pad) == [1, 2, 3]
    assert message.layer[0].convolution_param.HasField("weight_filler")


def test_every_field_has_its_place() -> None:
    places = {path: (place.line, place.column) for path, place in bound(NET).places.items()}
    assert places == {
        (): (1, 1),
        ("name",): (1, 1),
        ("layer", 0): (2, 1),
        ("layer", 0, "name"): (3, 3),
        ("layer", 0, "bottom", 0): (4, 3),
        ("layer", 0, "convolution_param"): (5, 3),
        ("layer", 0, "convolution_param", "pad", 0): (5, 29),
        ("layer", 0, "convolution_param", "pad", 1): (5, 32),
        ("layer", 0, "convolution_param", "pad", 2): (5, 35),
        ("layer", 0, "convolution_param", "weight_filler"): (5, 42),
        ("layer", 1): (7, 1),
        ("layer", 1, "name"): (7, 9),
    }


def test_a_field_left_out_stands_at_the_block_around_it() -> None:
    result = bound(NET)
    assert result.place(("layer", 0, "convolution_param", "num_output")) == Place("f", 5, 3)
    assert result.place(("layer", 0, "lrn_param", "k")) == Place("f", 2, 1)
    assert result.place(("force_backward",)) == Place("f", 1, 1)


def test_what_does_not_fit_is_left_out_and_indices_follow_the_message() -> None:
    result = bound("input_dim: [1, x, 3] layer { phase: NEVER top: 'a' }")
    assert list(result.message.input_dim) == [1, 3]
    assert not result.message.layer[0].HasField("phase")
    assert str(result.places["input_dim", 1]) == "f:1:19"
    assert len(result.problems) == 2


def test_all_problems_in_file_order() -> None:
    result = bound("nam: 1\nlayer { clip_param { min: 1 }\n x: 2 type: RELU }\nname: 3 name: '4'")
    assert [(problem.place.line, problem.place.column) for problem in result.problems if problem.place] == [
        (1, 1),
        (2, 20),
        (3, 2),
        (3, 7),
        (4, 1),
        (4, 9),
    ]


def test_an_empty_list_of_scalars_needs_its_colon() -> None:
    (problem,) = bound("layer { top [] }").problems
    assert str(problem) == "f:1:9: layer: top has no colon before its list"


def test_empty_lists() -> None:
    result = bound("layer [] input_dim: []")
    assert (result.problems, len(result.places)) == ((), 1)
