from __future__ import annotations

import pytest

from netdef.errors import OptionError, WiringError
from netdef.layers.base import Kind
from netdef.layers.register import layer_types
from netdef.layers.source import Source, batch_length, check_mean, check_reduced_decode, cropped, shorter_sides
from netdef.schema import netdef_pb2 as schema
from tests.layers.contract import context, make, numbers


def test_sources_take_no_bottoms_and_pass_on_what_is_fed() -> None:
    kinds = [cls for cls in layer_types().values() if cls.source]
    assert {"Data", "Input", "HDF5Data"} <= {cls.type for cls in kinds}
    assert all(cls.kind is Kind.DATA for cls in kinds if issubclass(cls, Source))
    made = make("Input", bottoms=0, tops=2)
    x, y = numbers(2, 3), numbers(5)
    assert made.forward(context(made), (), x, y) == (x, y)
    with pytest.raises(WiringError, match=r"has 1 bottom \(b0\), takes exactly 0"):
        make("Input")


def test_a_batch_has_at_least_one_record() -> None:
    assert batch_length(3, "data_param") == 3
    with pytest.raises(OptionError, match="batch_size is 0, must be at least 1") as caught:
        batch_length(0, "data_param")
    assert caught.value.path == ("data_param", "batch_size")


def test_a_crop_makes_records_square() -> None:
    crop = schema.TransformationParameter(crop_size=5)
    assert cropped((3, 8, 7), crop) == (3, 5, 5)
    assert cropped((None, None, None), crop) == (None, 5, 5)
    assert cropped((3, 8, 7), schema.TransformationParameter()) == (3, 8, 7)
    with pytest.raises(OptionError, match="crop_size is 5, but the records are 8×4"):
        cropped((3, 8, 4), crop)


def transform(**options: object) -> schema.TransformationParameter:
    return schema.TransformationParameter(**options)  # type: ignore[arg-type]


def test_a_frame_makes_records_larger() -> None:
    assert cropped((3, 8, 7), transform(pad=2)) == (3, 12, 11)
    assert cropped((3, None, 7), transform(pad=2)) == (3, None, 11)
    assert cropped((3, 8, 7), transform(pad=2, crop_size=11)) == (3, 11, 11)
    with pytest.raises(OptionError, match="crop_size is 12, but the records are 8×7 and the frame 2"):
        cropped((3, 8, 7), transform(pad=2, crop_size=12))


def test_records_of_any_size_may_be_scaled_and_cut() -> None:
    scaled = transform(shorter_side_min=6, shorter_side_max=9, crop_size=6)
    assert cropped((3, 2, 7), scaled) == cropped((3, None, None), scaled) == (3, 6, 6)
    assert shorter_sides(scaled) == (6, 9)
    assert shorter_sides(transform(shorter_side_min=6, crop_size=6)) == (6, 6)
    with pytest.raises(OptionError, match="crop_size is 7, but the shorter side of the records may be 6"):
        cropped((3, 20, 20), transform(shorter_side_min=6, shorter_side_max=9, crop_size=7))


@pytest.mark.parametrize(
    ("options", "words", "field"),
    [
        ({"shorter_side_min": 6}, "shorter_side_min is given, but no crop_size", "shorter_side_min"),
        ({"shorter_side_max": 6}, "shorter_side_min is 0 and shorter_side_max 6", "shorter_side_max"),
        ({"shorter_side_min": 6, "shorter_side_max": 5}, "must be a range that begins above 0", "shorter_side_max"),
        ({"shorter_side_min": 6, "crop_size": 6, "mean_file": "m"}, "a mean image has one size", "mean_file"),
    ],
)
def test_impossible_ranges_are_refused(options: dict[str, object], words: str, field: str) -> None:
    with pytest.raises(OptionError, match=words) as refused:
        shorter_sides(transform(**options))
    assert refused.value.path == ("transform_param", field)


def test_images_decoded_smaller_have_to_be_scaled() -> None:
    check_reduced_decode(transform(crop_size=5))
    check_reduced_decode(transform(reduced_decode=True, shorter_side_min=6, crop_size=5))
    check_reduced_decode(transform(reduced_decode=True), resized=True)
    with pytest.raises(OptionError, match="reduced_decode is true, but nothing scales the images") as caught:
        check_reduced_decode(transform(reduced_decode=True, crop_size=5))
    assert caught.value.path == ("transform_param", "reduced_decode")
    assert "shorter_side_min" in str(caught.value.hint)
    with pytest.raises(OptionError, match="reduced_decode is true"):
        make("Data", 'data_param { source: "db" batch_size: 2 } transform_param { reduced_decode: true }', bottoms=0)
    with pytest.raises(OptionError, match="reduced_decode is true"):
        make(
            "ImageData",
            'image_data_param { source: "list" batch_size: 2 } transform_param { reduced_decode: true }',
            bottoms=0,
            tops=2,
        )


def test_one_mean_is_subtracted_and_it_fits_the_channels() -> None:
    check_mean(schema.TransformationParameter(mean_value=[7]), 3)
    check_mean(schema.TransformationParameter(mean_value=[1, 2, 3]), 3)
    check_mean(schema.TransformationParameter(mean_value=[1, 2]), None)
    with pytest.raises(OptionError, match="mean_value is given 2 times, must be given once, or once for each of the 3"):
        check_mean(schema.TransformationParameter(mean_value=[1, 2]), 3)
    with pytest.raises(OptionError, match="mean_file and mean_value are both set") as caught:
        check_mean(schema.TransformationParameter(mean_file="m", mean_value=[7]), 3)
    assert caught.value.path == ("transform_param", "mean_value", 0)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("Data", 'data_param { source: "d" batch_size: 2 }'),
        ("ImageData", 'image_data_param { source: "l" batch_size: 2 is_color: false }'),
        ("MemoryData", "memory_data_param { batch_size: 2 channels: 1 height: 4 width: 5 }"),
        ("WindowData", 'window_data_param { source: "w" batch_size: 2 }'),
    ],
)
def test_every_layer_that_transforms_images_looks_at_the_mean(kind: str, options: str) -> None:
    transform = "transform_param { crop_size: 3 mean_value: 1 mean_value: 2 }"
    with pytest.raises(OptionError, match="mean_value is given 2 times"):
        make(kind, f"{options} {transform}", bottoms=0, tops=2).shapes((1, 4, 5))
