from __future__ import annotations

from typing import Any

import pytest

from netdef.schema.netdef_pb2 import V0LayerParameter, V1LayerParameter
from netdef.schema.upgrade.v0_names import TYPES, destination

NEVER_USED = {"new_num", "new_channels"}


@pytest.mark.parametrize(
    ("layer_type", "field", "path"),
    [
        ("conv", "kernelsize", ("convolution_param", "kernel_size")),
        ("pool", "kernelsize", ("pooling_param", "kernel_size")),
        ("relu", "kernelsize", None),
        ("images", "shuffle_images", ("image_data_param", "shuffle")),
        ("data", "meanfile", ("transform_param", "mean_file")),
        ("window_data", "det_fg_fraction", ("window_data_param", "fg_fraction")),
        ("hdf5_output", "hdf5_output_param", ("hdf5_output_param",)),
        ("data", "hdf5_output_param", None),
        ("softmax", "name", ("name",)),
    ],
)
def test_destinations(layer_type: str, field: str, path: tuple[str, ...] | None) -> None:
    assert destination(layer_type, field) == path


def test_every_type_is_a_v1_type() -> None:
    assert len(TYPES) == 24
    assert set(TYPES.values()) <= set(V1LayerParameter.LayerType.keys())


def test_every_destination_exists() -> None:
    for layer_type in TYPES:
        for field in V0LayerParameter.DESCRIPTOR.fields_by_name:
            message: Any = V1LayerParameter.DESCRIPTOR
            for step in destination(layer_type, field) or ():
                message = message.fields_by_name[str(step)].message_type


def test_every_field_is_of_use_to_some_type() -> None:
    fields = set(V0LayerParameter.DESCRIPTOR.fields_by_name)
    assert {field for field in fields if not any(destination(name, field) for name in TYPES)} == NEVER_USED
