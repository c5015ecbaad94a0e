from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format

from netdef.schema.netdef_pb2 import NetParameter
from netdef.schema.upgrade import UpgradeError, upgrade_net

GOLDEN = Path(__file__).parents[2] / "golden" / "upgrade"


def read_text(name: str) -> NetParameter:
    return text_format.Parse((GOLDEN / name).read_text(), NetParameter())


def read_binary(name: str) -> NetParameter:
    return NetParameter.FromString((GOLDEN / name).read_bytes())


@pytest.mark.parametrize("name", ["v0", "v1", "v1_data", "bn_old"])
def test_texts_become_what_caffe_makes_of_them(name: str) -> None:
    assert upgrade_net(read_text(f"{name}.prototxt")).message == read_text(f"{name}.upgraded.prototxt")


@pytest.mark.parametrize("name", ["v0_legacy", "v1_legacy"])
def test_binaries_become_what_caffe_makes_of_them(name: str) -> None:
    upgraded = upgrade_net(read_binary(f"{name}.caffemodel")).message
    assert upgraded == read_binary(f"{name}.upgraded.caffemodel")
    assert len(upgraded.layer[1].blobs[0].data) > 100


@pytest.mark.parametrize("name", ["v0", "v1", "v1_data", "bn_old"])
def test_the_argument_stays_as_it_was(name: str) -> None:
    net = read_text(f"{name}.prototxt")
    upgrade_net(net)
    assert net == read_text(f"{name}.prototxt")


def test_what_is_upgraded_needs_no_upgrade() -> None:
    net = read_text("v0.upgraded.prototxt")
    again = upgrade_net(net)
    assert again.message is net
    assert again.notices == ()
    assert again.paths == {}


def test_one_notice_names_the_old_forms() -> None:
    assert upgrade_net(read_text("v0.prototxt")).notices == (
        "old forms read as today's: `layer` within `layers`, `layers`, `input`; `netdef upgrade` rewrites the file",
    )
    assert upgrade_net(read_text("v1.prototxt")).notices == (
        "old forms read as today's: `layers`, `input`; `netdef upgrade` rewrites the file",
    )


@pytest.mark.parametrize(
    ("new", "old"),
    [
        (("layer", 0, "input_param", "shape", 0, "dim", 2), ("input_dim", 2)),
        (("layer", 1, "name"), ("layers", 1, "layer", "name")),
        (("layer", 1, "bottom", 0), ("layers", 0, "bottom", 0)),
        (("layer", 1, "convolution_param", "pad"), ("layers", 0, "layer", "pad")),
        (("layer", 1, "convolution_param", "weight_filler", "std"), ("layers", 1, "layer", "weight_filler", "std")),
        (("layer", 1, "param", 1, "decay_mult"), ("layers", 1, "layer", "weight_decay", 1)),
        (("layer", 5, "top", 0), ("layers", 5, "top", 0)),
        (("name",), ("name",)),
    ],
)
def test_paths_lead_through_all_steps_to_the_original(new: tuple[str | int, ...], old: tuple[str | int, ...]) -> None:
    assert upgrade_net(read_text("v0.prototxt")).original(new) == old


def test_every_path_leads_to_a_field_that_is_there() -> None:
    for name in ("v0", "v1", "v1_data"):
        net = read_text(f"{name}.prototxt")
        for old in upgrade_net(net).paths.values():
            found: Any = net
            for step in old:
                found = found[step] if isinstance(step, int) else getattr(found, step)


def test_an_error_of_a_later_step_names_the_original_field() -> None:
    net = read_text("v0.prototxt")
    net.layer.add(name="today")
    with pytest.raises(UpgradeError, match=r"1 `layer` and 7 `layers`") as caught:
        upgrade_net(net)
    assert caught.value.path == ("layers", 1)
