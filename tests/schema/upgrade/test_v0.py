from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.schema.netdef_pb2 import NetParameter, V1LayerParameter
from netdef.schema.upgrade import Upgraded, UpgradeError
from netdef.schema.upgrade.v0 import upgrade


def upgraded(text: str) -> Upgraded[NetParameter]:
    return upgrade(text_format.Parse(text, NetParameter()))


def one(text: str) -> V1LayerParameter:
    layers = upgraded(f"layers {{ {text} }}").message.layers
    assert len(layers) == 1
    return layers[0]


def expected(text: str) -> V1LayerParameter:
    return text_format.Parse(text, V1LayerParameter())


def test_images() -> None:
    assert one(
        'layer { name: "i" type: "images" source: "l" batchsize: 4 cropsize: 3 meanfile: "m" scale: 0.5 mirror: true '
        'rand_skip: 7 shuffle_images: true new_height: 8 new_width: 9 } top: "data"'
    ) == expected(
        'name: "i" type: IMAGE_DATA top: "data" '
        'transform_param { crop_size: 3 mean_file: "m" scale: 0.5 mirror: true } '
        'image_data_param { source: "l" batch_size: 4 rand_skip: 7 shuffle: true new_height: 8 new_width: 9 }'
    )


def test_window_data() -> None:
    assert one(
        'layer { name: "w" type: "window_data" source: "w" batchsize: 4 det_fg_threshold: 0.6 det_bg_threshold: 0.4 '
        'det_fg_fraction: 0.3 det_context_pad: 16 det_crop_mode: "square" }'
    ) == expected(
        'name: "w" type: WINDOW_DATA window_data_param { source: "w" batch_size: 4 fg_threshold: 0.6 '
        'bg_threshold: 0.4 fg_fraction: 0.3 context_pad: 16 crop_mode: "square" }'
    )


def test_pooling_keeps_single_numbers_and_its_method() -> None:
    assert one('layer { name: "p" type: "pool" pool: STOCHASTIC kernelsize: 3 stride: 2 pad: 1 }') == expected(
        'name: "p" type: POOLING pooling_param { pool: STOCHASTIC kernel_size: 3 stride: 2 pad: 1 }'
    )


def test_hdf5_output() -> None:
    assert one('layer { name: "o" type: "hdf5_output" hdf5_output_param { file_name: "f" } }') == expected(
        'name: "o" type: HDF5_OUTPUT hdf5_output_param { file_name: "f" }'
    )


def test_layers_of_the_second_form_stay() -> None:
    net = upgraded('layers { name: "a" type: RELU } layers { layer { name: "b" type: "tanh" } }').message
    assert [(layer.name, layer.type) for layer in net.layers] == [
        ("a", V1LayerParameter.RELU),
        ("b", V1LayerParameter.TANH),
    ]


def test_what_a_type_has_no_use_for_is_named() -> None:
    result = upgraded('layers { layer { name: "r" type: "relu" stride: 2 pad: 1 } }')
    assert result.message.layers[0] == expected('name: "r" type: RELU')
    assert result.notices == (
        '`layer` within `layers` (without pad of layer "r", stride of layer "r", of no use there)',
    )


def test_an_unknown_type_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UpgradeError, match='layer "c": "cnov" is no type of the first form') as caught:
        upgraded('layers { layer { type: "relu" } } layers { layer { name: "c" type: "cnov" } }')
    assert caught.value.path == ("layers", 1, "layer", "type")
    assert caught.value.hint == 'did you mean "conv"?'


def test_a_type_that_resembles_none_is_refused_with_all() -> None:
    with pytest.raises(UpgradeError) as caught:
        upgraded('layers { layer { type: "xyzzy" } }')
    assert caught.value.hint.startswith("the old types are accuracy, bnll, concat")


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(UpgradeError, match='layer "i": new_height is -3, must be at least 0') as caught:
        upgraded('layers { layer { name: "i" type: "images" new_height: -3 } }')
    assert caught.value.path == ("layers", 0, "layer", "new_height")
