from __future__ import annotations

import pytest

from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer

LEARNER = inner_product("x", "y")


def loss(own: str = "") -> str:
    return layer("SoftmaxWithLoss", "y,label", "loss", own)


@pytest.mark.parametrize(("operation", "warnings"), [("SUM", 1), ("MAX", 1), ("PROD", 0)])
def test_a_bottom_that_caffe_leaves_out_is_told_of(operation: str, warnings: int) -> None:
    options = f"eltwise_param {{ operation: {operation} }}"
    other = inner_product("x", "z")
    assert graph(IMAGES, LEARNER, other, layer("Eltwise", "y,z", "s", options)).warnings == ()
    told = graph(IMAGES, LEARNER, other, layer("Eltwise", "y,z", "y", options, name="sum")).warnings
    assert len(told) == warnings
    for warning in told:
        assert 'layer "sum" (Eltwise): Caffe leaves out bottom "y" here, since it clears the top' in warning.message
        assert warning.hint == "give the layer a top of its own to make both agree"


@pytest.mark.parametrize(("region", "warnings"), [("ACROSS_CHANNELS", 1), ("WITHIN_CHANNEL", 0)])
def test_a_bottom_that_caffe_loses_on_the_cpu_is_told_of(region: str, warnings: int) -> None:
    options = f"lrn_param {{ norm_region: {region} }}"
    maps = layer("Input", "", "x", "input_param { shape { dim: 1 dim: 6 dim: 4 dim: 4 } }")
    assert graph(maps, layer("LRN", "x", "n", options)).warnings == ()
    told = graph(maps, layer("LRN", "x", "x", options, name="norm")).warnings
    assert len(told) == warnings
    for warning in told:
        assert 'layer "norm" (LRN): Caffe on the CPU loses bottom "x" here' in warning.message
        assert warning.hint == "give the layer a top of its own to make both agree"


def test_a_blob_that_caffe_changes_under_another_name_is_told_of() -> None:
    texts = [layer("Flatten", "x", "f"), layer("ReLU", "f", "f", name="r"), layer("Power", "x", "p", name="later")]
    (warning,) = graph(IMAGES, *texts).warnings
    assert 'layer "r" (ReLU): Caffe changes blob "x" here, too, before layer "later" reads it' in warning.message
    assert warning.message.endswith('"f" has its memory; netdef keeps it')
    assert warning.hint == 'give layer "r" a top of its own to make both agree'


@pytest.mark.parametrize("reader", [layer("Silence", "loss", name="quiet"), layer("Power", "loss", "p", name="quiet")])
def test_a_loss_that_trains_nothing_is_told_of(reader: str) -> None:
    (warning,) = graph(IMAGES, LABELS, LEARNER, loss(), reader).warnings
    assert 'layer "loss" (SoftmaxWithLoss): trains nothing, as in Caffe: layer "quiet" reads it' in warning.message
    assert warning.hint == "with loss_weight: 1 it trains"


def test_a_loss_that_trains_is_not() -> None:
    power = layer("Power", "loss", "p", "loss_weight: 1")
    assert graph(IMAGES, LABELS, LEARNER, loss()).warnings == ()
    assert graph(IMAGES, LABELS, LEARNER, loss("loss_weight: 1"), layer("Silence", "loss")).warnings == ()
    assert graph(IMAGES, LABELS, LEARNER, loss(), power).warnings == ()
    assert graph(IMAGES, LABELS, LEARNER, loss(), layer("Silence", "loss"), phase=schema.TEST).warnings == ()
