"""Where unknown fields may belong."""

import pytest

from netdef.schema.bind import examine
from netdef.schema.netdef_pb2 import NetParameter


def complaint(text: str) -> str:
    (problem,) = examine(text, "f", NetParameter).problems
    return f"{problem.message}\n{problem.hint}"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("nam: 'n'", 'unknown field "nam" in NetParameter', 'did you mean "name"?'),
        ("zzz: 1", 'unknown field "zzz" in NetParameter', ""),
        ("top: 'x'", 'unknown field "top" in NetParameter', "top belongs in layer or layers"),
        ("layer { name: 'a' } top: 'x'", 'unknown field "top" in NetParameter', "top belongs in layer"),
        ("base_lr: 1", 'unknown field "base_lr" in NetParameter', "base_lr is a field of SolverParameter"),
        (
            "layer { kernel_size: 3 convolution_param { } }",
            'layer: unknown field "kernel_size"',
            "kernel_size belongs in convolution_param",
        ),
        (
            "layer { type: 'Pooling' kernel_size: 3 }",
            'layer (Pooling): unknown field "kernel_size"',
            "kernel_size belongs in pooling_param",
        ),
        (
            "layer { kernel_size: 3 }",
            'layer: unknown field "kernel_size"',
            "kernel_size belongs in convolution_param or pooling_param",
        ),
        (
            "layer { convolution_param { kernal_size: 3 } }",
            'layer: unknown field "kernal_size" in convolution_param',
            'did you mean "kernel_size"?',
        ),
        (
            "layer { convolution_param { std: 1 weight_filler { } } }",
            'layer: unknown field "std" in convolution_param',
            "std belongs in weight_filler",
        ),
        (
            "layer { convolution_param { bottom: 'x' } }",
            'layer: unknown field "bottom" in convolution_param',
            "bottom belongs in layer, outside of convolution_param",
        ),
        (
            "layer { convolution_param { lr_mult: 1 } }",
            'layer: unknown field "lr_mult" in convolution_param',
            "lr_mult belongs in param, not in convolution_param",
        ),
        (
            "layer { convolution_param { weight_filler { sdt: 1 } } }",
            'layer: unknown field "sdt" in convolution_param.weight_filler',
            'did you mean "std"?',
        ),
        ("layer { unheard_param { order: 1 } }", 'layer: unknown field "unheard_param"', ""),
        (
            "layer { permute_param { order: 1 } }",
            'layer: unknown field "permute_param"',
            "permute_param comes from SSD's Caffe, with its layer type Permute",
        ),
        (
            "eval_type: 'detection'",
            'unknown field "eval_type" in NetParameter',
            "",
        ),
    ],
)
def test_unknown_fields(text: str, message: str, hint: str) -> None:
    assert complaint(text) == f"{message}\n{hint}"
