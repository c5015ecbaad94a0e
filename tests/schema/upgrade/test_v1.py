from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.schema.netdef_pb2 import LayerParameter, NetParameter, V1LayerParameter
from netdef.schema.upgrade import Upgraded, UpgradeError
from netdef.schema.upgrade.v1 import upgrade


def upgraded(text: str) -> Upgraded[NetParameter]:
    return upgrade(text_format.Parse(text, NetParameter()))


def test_the_four_lists_become_params() -> None:
    result = upgraded(
        'layers { name: "a" type: INNER_PRODUCT param: "w" blob_share_mode: PERMISSIVE blob_share_mode: STRICT '
        "blobs_lr: 1 blobs_lr: 2 blobs_lr: 3 weight_decay: 0.5 }"
    )
    assert result.message.layer[0] == text_format.Parse(
        'name: "a" type: "InnerProduct" '
        'param { name: "w" share_mode: PERMISSIVE lr_mult: 1 decay_mult: 0.5 } '
        "param { share_mode: STRICT lr_mult: 2 } param { lr_mult: 3 }",
        LayerParameter(),
    )
    assert result.original(("layer", 0, "param", 0, "decay_mult")) == ("layers", 0, "weight_decay", 0)
    assert result.original(("layer", 0, "param", 1)) == ("layers", 0, "blob_share_mode", 1)
    assert result.original(("layer", 0, "param", 2)) == ("layers", 0, "blobs_lr", 2)


def test_rules_losses_blobs_and_options_stay_what_they_were() -> None:
    rest = (
        'name: "l" bottom: "a" bottom: "b" top: "l" include { phase: TEST stage: "s" } exclude { min_level: 2 } '
        "loss_weight: 3 blobs { num: 1 data: 4 } loss_param { normalize: false } transform_param { scale: 2 } "
        "lrn_param { local_size: 3 } convolution_param { kernel_size: 3 kernel_size: 5 }"
    )
    result = upgraded(f"layers {{ type: SOFTMAX_LOSS {rest} }}")
    assert result.message.layer[0] == text_format.Parse(f'type: "SoftmaxWithLoss" {rest}', LayerParameter())


def test_the_rest_of_the_net_stays() -> None:
    message = upgraded('name: "n" force_backward: true state { level: 3 } layers { type: RELU }').message
    assert message == text_format.Parse(
        'name: "n" force_backward: true state { level: 3 } layer { type: "ReLU" }', NetParameter()
    )


@pytest.mark.parametrize("name", [name for name, number in V1LayerParameter.LayerType.items() if number])
def test_every_type_has_a_name(name: str) -> None:
    new = upgraded(f"layers {{ type: {name} }}").message.layer[0].type
    assert new.upper() == ("SOFTMAXWITHLOSS" if name == "SOFTMAX_LOSS" else name.replace("_", ""))


def test_every_field_of_the_old_form_is_carried_over() -> None:
    gone = {"param", "blob_share_mode", "blobs_lr", "weight_decay", "layer"}
    assert set(V1LayerParameter.DESCRIPTOR.fields_by_name) - gone <= set(LayerParameter.DESCRIPTOR.fields_by_name)


@pytest.mark.parametrize("text", ["layers { }", "layers { type: NONE }"])
def test_no_type_stays_no_type(text: str) -> None:
    assert not upgraded(text).message.layer[0].HasField("type")


def test_both_forms_in_one_net_are_refused() -> None:
    with pytest.raises(UpgradeError, match="the net has 2 `layer` and 1 `layers`, must have one form only") as caught:
        upgraded("layer { } layers { } layer { }")
    assert caught.value.path == ("layers", 0)
    assert "write each `layers` as `layer`" in caught.value.hint
