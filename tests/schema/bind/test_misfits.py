"""The words for values that do not fit: value found, rule, way out."""

import pytest
from google.protobuf.message_factory import GetMessageClass

from netdef.schema.bind import examine
from netdef.schema.bind.fields import descriptor_of, rules_of
from netdef.schema.netdef_pb2 import NetParameter, SolverParameter
from tests.schema.bind.messages import everything

UINT32 = "a whole number from 0 to 4294967295"


def complaints_about_layer(text: str) -> list[str]:
    text = f'layer {{ name: "c" type: "T" {text} }}'
    return [str(problem) for problem in examine(text, "f", NetParameter).problems]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ('num_output: "64"', f'num_output is "64", must be {UINT32}\n    write num_output: 64'),
        ('num_output: "x"', f'num_output is "x", must be {UINT32}'),
        ("num_output: 1.0", f"num_output is 1.0, must be {UINT32}\n    write num_output: 1"),
        ("num_output: 2e3", f"num_output is 2e3, must be {UINT32}\n    write num_output: 2000"),
        ("num_output: 1.5", f"num_output is 1.5, must be {UINT32}"),
        ("num_output: 1e30", f"num_output is 1e30, must be {UINT32}"),
        (
            "num_output: {{ size }}",
            f"num_output is {{{{ size }}}}, must be {UINT32}\n"
            "    the file is a template: put a value in the place of each name like this",
        ),
        ("num_output: -1", f"num_output is -1, must be {UINT32}"),
        ("num_output { }", f"num_output is a block, must be {UINT32}\n    write num_output: and the value"),
        ("num_output: [1]", "num_output is a list, must be a single value"),
        ("axis: 2147483648", "axis is 2147483648, must be a whole number from -2147483648 to 2147483647"),
        ("pad: ${p}", "pad is ${p}, must be " + UINT32 + "\n    ${…} has a value inside block, repeat and use only"),
        ("bias_term: yes", "bias_term is yes, must be true or false\n    write bias_term: true"),
        ('bias_term: "false"', 'bias_term is "false", must be true or false\n    write bias_term: false'),
        ("bias_term: 2", "bias_term is 2, must be true or false"),
        ("engine: CUDN", "engine is CUDN, must be DEFAULT, CAFFE or CUDNN\n    write engine: CUDNN"),
        ('engine: "CAFFE"', 'engine is "CAFFE", must be DEFAULT, CAFFE or CUDNN\n    write engine: CAFFE'),
        ("engine: 9", "engine is 9, must be DEFAULT, CAFFE or CUDNN"),
        ("weight_filler: 1", "weight_filler is 1, must be a block\n    write weight_filler { … }"),
        ("weight_filler { std: x }", "weight_filler.std is x, must be a number"),
        ("weight_filler { type: 3 }", 'weight_filler.type is 3, must be a string in quotes\n    write type: "3"'),
        ('weight_filler { type: "\\xff" }', 'weight_filler.type is "\\xff", must be UTF-8 text'),
        (
            "group: 1 group: 2",
            "group is given twice, may be given once\n    first at f:1:49\n    remove one of the two",
        ),
    ],
)
def test_misfits(options: str, message: str) -> None:
    complaints = complaints_about_layer(f"convolution_param {{ {options} }}")
    assert [complaint.partition("convolution_param.")[2] for complaint in complaints] == [message]


def test_the_layer_is_named_first() -> None:
    assert complaints_about_layer("phase: 2") == ['f:1:29: layer "c" (T): phase is 2, must be TRAIN or TEST']


def test_types_of_the_old_form() -> None:
    bound = examine("layer { type: CONVOLUTION }\nlayers { type: 'InnerProduct' }", "f", NetParameter)
    new, old = bound.problems
    assert str(new) == (
        "f:1:9: layer (CONVOLUTION): type is CONVOLUTION, must be a string in quotes\n"
        '    write type: "CONVOLUTION"; types without quotes belong to the old form, layers { type: CONVOLUTION }'
    )
    assert old.message == "layer (InnerProduct): type is 'InnerProduct', must be a LayerType"
    assert old.hint == "write type: INNER_PRODUCT; types in quotes belong to layer { … }, not layers { … }"
    assert old.evidence == ()


def test_a_type_that_nobody_knows_is_answered_with_all_of_the_old_form() -> None:
    (problem,) = examine("layers { type: QQQ }", "f", NetParameter).problems
    assert problem.evidence[0].startswith("NONE, ABSVAL, ACCURACY")
    assert problem.hint == ""


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (
            "layers { type: CROP }",
            'only today\'s form has it: layer { type: "Crop" … }, and so for all layers of the net',
        ),
        ("layers { type: BN }", "BN comes from PSPNet's Caffe"),
        ("layer { convolution_param { engine: MKLDNN } }", "MKLDNN comes from Intel's Caffe: remove it"),
        ("layer { loss_param { normalization: PRE_FIXED } }", "PRE_FIXED comes from R-FCN's Caffe: write NONE"),
    ],
)
def test_a_value_of_a_fork_is_known(text: str, hint: str) -> None:
    (problem,) = examine(text, "f", NetParameter).problems
    assert problem.hint.startswith(hint)
    assert problem.evidence == ()


def test_a_list_of_devices_is_known() -> None:
    (problem,) = examine("device_id: [0, 1]", "f", SolverParameter).problems
    assert str(problem) == (
        "f:1:1: device_id is a list, must be a single value\n"
        "    […] comes from TSN's Caffe: the flag --gpu 0,1 names several GPUs"
    )


def test_a_required_field_that_is_missing() -> None:
    assert complaints_about_layer("clip_param { min: 1 }") == [
        'f:1:40: layer "c" (T): clip_param has no max, which is required\n    add max: …'
    ]


def test_a_required_field_of_the_file_itself() -> None:
    inner = rules_of(descriptor_of(everything()))["one_message"].block
    assert inner is not None
    problems = examine("", "f", GetMessageClass(inner)).problems
    assert [str(problem) for problem in problems] == [
        "f:1:1: the file has no needed, which is required\n    add needed: …"
    ]


def test_long_values_are_cut() -> None:
    assert "is 11111111" in complaints_about_layer(f"phase: {'1' * 60}")[0]
    assert "…, must be" in complaints_about_layer(f"phase: {'1' * 60}")[0]
