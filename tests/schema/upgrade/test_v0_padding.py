from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.schema.netdef_pb2 import NetParameter
from netdef.schema.upgrade import Upgraded, UpgradeError
from netdef.schema.upgrade.v0_padding import upgrade

PADDING = 'layers { layer { name: "p" type: "padding" pad: 2 } bottom: "data" top: "padded" }'


def folded(*layers: str) -> Upgraded[NetParameter]:
    return upgrade(text_format.Parse("\n".join(layers), NetParameter()))


def test_readers_take_the_padding_and_its_bottom() -> None:
    result = folded(
        PADDING,
        'layers { layer { name: "c" type: "conv" kernelsize: 5 } bottom: "padded" top: "c" }',
        'layers { layer { name: "q" type: "pool" pad: 1 } bottom: "padded" top: "q" }',
    )
    conv, pool = result.message.layers
    assert (conv.layer.pad, list(conv.bottom), conv.layer.kernelsize) == (2, ["data"], 5)
    assert (pool.layer.pad, list(pool.bottom)) == (2, ["data"])
    assert result.original(("layers", 1, "layer", "name")) == ("layers", 2, "layer", "name")
    assert result.original(("layers", 1, "layer", "pad")) == ("layers", 0, "layer", "pad")


def test_a_later_layer_that_writes_the_same_blob_ends_the_padding() -> None:
    relu = 'layers { layer { name: "r" type: "relu" } bottom: "x" top: "padded" }'
    result = folded(PADDING, relu, 'layers { layer { name: "c" type: "conv" } bottom: "padded" top: "c" }')
    assert not result.message.layers[1].layer.HasField("pad")
    assert list(result.message.layers[1].bottom) == ["padded"]


def test_nets_without_padding_stay() -> None:
    net = text_format.Parse('layers { layer { name: "c" type: "conv" pad: 1 } }', NetParameter())
    assert upgrade(net).message is net


def test_other_types_may_not_read_a_padding() -> None:
    with pytest.raises(UpgradeError, match=r'layer "r" \(relu\) reads a padding layer: only conv and pool') as caught:
        folded(PADDING, 'layers { layer { name: "r" type: "relu" } bottom: "padded" top: "r" }')
    assert caught.value.path == ("layers", 1, "bottom")


def test_a_padding_has_one_bottom() -> None:
    padding = 'layers { layer { name: "p" type: "padding" pad: 2 } top: "padded" }'
    with pytest.raises(UpgradeError, match=r'padding layer "p" has 0 bottoms, must have 1') as caught:
        folded(padding, 'layers { layer { name: "c" type: "conv" } bottom: "padded" top: "c" }')
    assert caught.value.path == ("layers", 0)
