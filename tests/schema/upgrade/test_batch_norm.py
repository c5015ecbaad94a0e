from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.schema.netdef_pb2 import NetParameter
from netdef.schema.upgrade import Upgraded
from netdef.schema.upgrade.batch_norm import upgrade


def upgraded(text: str) -> Upgraded[NetParameter]:
    return upgrade(text_format.Parse(text, NetParameter()))


def test_three_params_no_longer_learn_and_keep_their_names() -> None:
    result = upgraded('layer { type: "BatchNorm" param { name: "m" } param { lr_mult: 2 } param { decay_mult: 3 } }')
    assert [(param.name, param.lr_mult, param.decay_mult) for param in result.message.layer[0].param] == [
        ("m", 0, 0),
        ("", 0, 0),
        ("", 0, 0),
    ]
    assert result.notices == ("`lr_mult` of BatchNorm",)


def test_a_file_that_says_so_itself_needs_no_notice() -> None:
    result = upgraded('layer { type: "BatchNorm"' + " param { lr_mult: 0 }" * 3 + " }")
    assert [param.decay_mult for param in result.message.layer[0].param] == [0, 0, 0]
    assert result.notices == ()


@pytest.mark.parametrize(
    "text",
    [
        'layer { type: "BatchNorm" param { } param { } }',
        'layer { type: "BatchNorm" }',
        'layer { type: "Scale" param { } param { } param { } }',
        'layer { type: "BatchNorm"' + " param { lr_mult: 0 decay_mult: 0 }" * 3 + " }",
    ],
)
def test_other_layers_stay(text: str) -> None:
    net = text_format.Parse(text, NetParameter())
    assert upgrade(net).message is net
