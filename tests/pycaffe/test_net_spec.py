from __future__ import annotations

import importlib

import pytest
from google.protobuf import text_format

from netdef.errors import UsageError
from netdef.graph.build import build
from netdef.pycaffe import TEST, layers, params
from netdef.pycaffe.net_spec import NetSpec, to_proto
from netdef.schema import netdef_pb2 as schema
from tests.pycaffe.conftest import GOLDEN


@pytest.mark.usefixtures("as_caffe")
def test_the_message_is_the_one_that_caffe_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(GOLDEN / "pycaffe"))
    made = importlib.import_module("netspec_example").build()
    text = (GOLDEN / "pycaffe" / "netspec_example.prototxt").read_text()
    assert made == text_format.Parse(text, schema.NetParameter())


def test_a_net_in_plain_calls_is_named_by_type_and_number() -> None:
    data, label = layers.DummyData(shape=[{"dim": [4, 1, 9, 7]}, {"dim": [4]}], transform_param={"scale": 0.5}, ntop=2)
    one = layers.InnerProduct(data, num_output=6, weight_filler={"type": "xavier"})
    two = layers.InnerProduct(layers.ReLU(one, in_place=True), num_output=3)
    net = to_proto(layers.SoftmaxWithLoss(two, label))
    names = ["DummyData1", "InnerProduct1", "ReLU1", "InnerProduct2", "SoftmaxWithLoss1"]
    assert [layer.name for layer in net.layer] == names
    tops = [["DummyData1", "DummyData2"], ["InnerProduct1"], ["InnerProduct1"]]
    assert [list(layer.top) for layer in net.layer[:3]] == tops
    assert list(net.layer[4].bottom) == ["InnerProduct2", "DummyData2"]
    assert build(net, schema.NetState(phase=schema.TRAIN)).outputs[0].name == "SoftmaxWithLoss1"


def test_options_go_where_the_schema_has_them() -> None:
    spec = NetSpec()
    spec.x = layers.Input(shape={"dim": [2, 3]})
    spec.pool = layers.Pooling(spec.x, pool=params.Pooling.AVE, kernel_size=2, name="own name")
    spec.loss = layers.SoftmaxWithLoss(spec.pool, spec.x, loss_param={"ignore_label": 3}, loss_weight=[2], phase=TEST)
    pool, loss = spec.to_proto().layer[1:]
    assert (pool.name, pool.pooling_param.pool) == ("own name", schema.PoolingParameter.AVE)
    assert (loss.loss_param.ignore_label, list(loss.loss_weight), loss.phase) == (3, [2.0], schema.TEST)


def test_layers_without_tops_are_written_too() -> None:
    spec = NetSpec()
    spec.data = layers.Input(shape={"dim": [2, 3]})
    spec.silent = layers.Silence(spec.data, ntop=0)
    silent = spec.to_proto().layer[1]
    assert (silent.name, list(silent.bottom), list(silent.top)) == ("silent", ["data"], [])


def test_what_is_no_top_is_refused() -> None:
    data = layers.DummyData(ntop=2)
    with pytest.raises(TypeError, match=r"^Silence input 0 is not a Top \(type is <class 'tuple'>\)$"):
        layers.Silence(data, ntop=0)
    with pytest.raises(UsageError, match=r"^Concat input 1 is not a Top \(type is <class .str.>\)$"):
        layers.Concat(data[0], "data")


def test_tops_are_attributes_and_items() -> None:
    spec = NetSpec()
    spec["block/conv"] = layers.Input(shape={"dim": [1]})
    spec.extra = layers.ReLU(spec["block/conv"])
    assert list(spec.tops) == ["block/conv", "extra"]
    del spec.extra
    assert [layer.name for layer in spec.to_proto().layer] == ["block/conv"]
    with pytest.raises(AttributeError, match="the net has no top 'missing'; it has: block/conv"):
        _ = spec.missing


def test_unknown_options_are_refused_by_name() -> None:
    with pytest.raises(
        AttributeError, match=r'^ConvolutionParameter has no field kernal_size; did you mean "kernel_size"\?$'
    ):
        to_proto(layers.Convolution(layers.Input(), kernal_size=3))
    with pytest.raises(UsageError, match=r"^FillerParameter has no field deviation$"):
        to_proto(layers.Convolution(layers.Input(), weight_filler={"deviation": 2}))
    with pytest.raises(UsageError, match=r'^unknown layer type "Convolutoin"; did you mean "Convolution"\?$'):
        to_proto(layers.Convolutoin(layers.Input(), num_output=1))
    with pytest.raises(AttributeError, match="there are no options FooParameter"):
        _ = params.Foo.BAR


def test_values_of_the_wrong_kind_are_refused_with_their_option() -> None:
    with pytest.raises(TypeError) as caught:
        to_proto(layers.InnerProduct(layers.Input(), num_output="ten"))
    assert caught.value.__notes__ == ["in the option num_output of InnerProduct, which is 'ten'"]


def test_a_shared_bottom_is_written_once() -> None:
    data = layers.Input(shape={"dim": [2, 3]})
    net = to_proto(layers.Eltwise(layers.ReLU(data), layers.TanH(data)))
    assert [layer.type for layer in net.layer] == ["Input", "ReLU", "TanH", "Eltwise"]
    assert layers.Input().to_proto().layer[0].name == "Input1"
