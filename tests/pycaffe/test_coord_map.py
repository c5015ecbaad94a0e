from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from netdef.errors import UsageError
from netdef.pycaffe.coord_map import (
    AxisMismatchException,
    Map,
    UndefinedMapException,
    compose,
    conv_params,
    coord_map,
    coord_map_from_to,
    crop,
    inverse,
)
from netdef.pycaffe.net_spec import NetSpec, Top, layers


def conv(bottom: Top, kernel: int = 1, stride: int = 1, pad: int = 0, **more: object) -> Top:
    made: Top = layers.Convolution(bottom, num_output=1, kernel_size=kernel, stride=stride, pad=pad, **more)
    return made


def deconv(bottom: Top, kernel: int = 1, stride: int = 1, pad: int = 0) -> Top:
    options = {"num_output": 1, "kernel_size": kernel, "stride": stride, "pad": pad}
    made: Top = layers.Deconvolution(bottom, convolution_param=options)
    return made


def shift(found: Map) -> tuple[list[float], list[float]]:
    return np.atleast_1d(found[1]).tolist(), np.atleast_1d(found[2]).tolist()


@pytest.fixture
def data() -> Top:
    made: Top = layers.Input(shape={"dim": [2, 1, 100, 100]})
    return made


def test_windows_scale_and_shift(data: Top) -> None:
    assert shift(coord_map_from_to(data, conv(data, 3, 2))) == ([0.5], [-0.5])
    assert shift(coord_map_from_to(data, conv(data, 3, 2, 1))) == ([0.5], [0.0])
    assert shift(coord_map_from_to(data, deconv(data, 4, 2, 1))) == ([2.0], [0.5])


def test_dilated_windows_reach_further(data: Top) -> None:
    assert shift(coord_map_from_to(data, conv(data, 3, dilation=4))) == ([1.0], [-4.0])


def test_a_net_that_ends_where_it_began_needs_no_crop_offset(data: Top) -> None:
    small = conv(data, 3, 2, 1)
    large = deconv(small, 3, 2, 1)
    cropped = crop(large, data)
    assert cropped.fn.type_name == "Crop"
    assert cropped.fn.params["crop_param"] == {"axis": 2, "offset": [0]}


def test_crop_takes_off_what_padding_added(data: Top) -> None:
    wide = conv(data, 3, 1, 100)
    assert crop(wide, data).fn.params["crop_param"]["offset"] == [99]


def test_pooling_and_neurons_are_passed(data: Top) -> None:
    pooled = layers.Pooling(data, kernel_size=2, stride=2)
    score = layers.Dropout(layers.ReLU(conv(pooled), in_place=True), in_place=True)
    upscored = deconv(score, 4, 2)
    assert shift(coord_map_from_to(data, upscored)) == ([1.0], [1.0])
    assert shift(coord_map_from_to(data, layers.ReLU(data))) == ([1.0], [0.0])


def test_each_spatial_axis_has_its_own_map(data: Top) -> None:
    rectangle = layers.Convolution(data, num_output=1, kernel_size=[3, 5], stride=[1, 2], pad=[6, 20])
    axis, scale, offset = coord_map_from_to(data, rectangle)
    assert axis == 1
    assert np.asarray(scale).tolist() == [1, 0.5]
    assert np.asarray(offset).tolist() == [5, 9]


def test_volumes_count_from_their_own_axis(data: Top) -> None:
    volume = layers.Convolution(data, num_output=1, kernel_size=[3, 3, 3], pad=3, axis=0)
    assert coord_map_from_to(volume, data)[0] == 0
    cropped = crop(volume, data)
    assert cropped.fn.params["crop_param"] == {"axis": 1, "offset": [2, 2, 2]}


def test_crops_of_crops_add_up(data: Top) -> None:
    wide = conv(data, 1, 1, 8)
    once = layers.Crop(wide, data, crop_param={"axis": 2, "offset": 3})
    assert shift(coord_map_from_to(data, once)) == ([1.0], [5.0])
    assert crop(once, data).fn.params["crop_param"]["offset"] == [5]


def test_side_branches_lead_to_the_same_blob(data: Top) -> None:
    spec: Any = NetSpec()
    spec.data = data
    spec.pool = layers.Pooling(spec.data, kernel_size=2, stride=2)
    spec.sum = layers.Eltwise(conv(spec.pool, 3, 1, 1), spec.pool)
    assert shift(coord_map_from_to(data, deconv(spec.sum, 2, 2))) == ([1.0], [0.0])


def test_scaled_tops_cannot_be_cropped(data: Top) -> None:
    with pytest.raises(AssertionError, match=r"one top is scaled by \[2.\]"):
        crop(conv(data, 1, 2), data)


def test_offsets_are_whole_and_not_negative(data: Top) -> None:
    with pytest.raises(AssertionError, match=r"negative offsets, \[-1"):
        crop(data, conv(data, 3, 1, 2))
    with pytest.raises(AssertionError, match="parts of a step"):
        crop(conv(data, 4, 1, 3), data)


def test_tops_without_a_common_blob_have_no_map(data: Top) -> None:
    with pytest.raises(RuntimeError, match="no spatial layers lead from both to one blob"):
        coord_map_from_to(conv(data), layers.Input())
    flat = layers.InnerProduct(conv(data), num_output=3)
    with pytest.raises(RuntimeError, match="no map between the tops"):
        coord_map_from_to(flat, data)
    with pytest.raises(UndefinedMapException, match="a layer of type InnerProduct"):
        coord_map(flat.fn)


def test_axes_must_agree(data: Top) -> None:
    volume = layers.Convolution(data, num_output=1, kernel_size=3, axis=0)
    with pytest.raises(AxisMismatchException, match="axes from 1 and from 0 on"):
        coord_map_from_to(conv(volume, 3), data)


def test_maps_are_undone_by_their_inverses() -> None:
    there = (1, np.array([2.0]), np.array([-3.0]))
    assert shift(compose(there, inverse(there))) == ([1.0], [0.0])


def test_options_for_one_side_alone_are_refused(data: Top) -> None:
    with pytest.raises(UsageError, match="gives kernel_h, kernel_w: only pad, kernel_size and stride"):
        conv_params(layers.Convolution(data, kernel_h=3, kernel_w=5).fn)
