from __future__ import annotations

import pytest

from netdef.errors import UsageError
from netdef.graph.unknown import refuse_unknown
from tests.graph.texts import IMAGES, graph, inner_product, layer

DATABASE = 'layer { name: "d" type: "Data" top: "x" data_param { source: "nowhere" batch_size: 5 } }'
NO_SHAPE = 'layer { name: "in" type: "Input" top: "x" }'


def refused(*texts: str) -> str:
    with pytest.raises(UsageError) as caught:
        refuse_unknown(graph(*texts))
    return str(caught.value)


def test_a_net_of_which_all_is_known_passes() -> None:
    refuse_unknown(graph(IMAGES, inner_product("x", "y")))


def test_parameters_that_hang_on_missing_data_are_refused_with_the_layer_that_lacks_it() -> None:
    assert refused(IMAGES.replace('"x"', '"z"'), DATABASE, inner_product("x", "y")) == (
        'layer "y" (InnerProduct): the shape of its blobs, 4×?, is not known\n'
        '    layer "d" (Data) does not say what it gives: its data is not there, and it has no record_shape'
    )


def test_parameters_of_which_not_even_the_number_is_known_are_refused() -> None:
    assert refused(NO_SHAPE, layer("ReLU", "x", "r"), layer("Scale", "r", "y")) == (
        'layer "y" (Scale): the shape of its bottom "r" is not known\n'
        '    layer "in" (Input) does not say what it gives: it has no shape'
    )


def test_statistics_are_refused_like_parameters() -> None:
    assert 'layer "y" (BatchNorm): the shape of its bottom "x"' in refused(NO_SHAPE, layer("BatchNorm", "x", "y"))
    assert 'layer "y" (BatchNorm): the shape of its blobs, ?,' in refused(DATABASE, layer("BatchNorm", "x", "y"))


def test_layers_that_keep_nothing_run_on_any_shape() -> None:
    refuse_unknown(graph(NO_SHAPE, layer("ReLU", "x", "r"), layer("Eltwise", "x,r", "y")))


def test_unknown_lengths_that_no_parameter_hangs_on_pass() -> None:
    refuse_unknown(graph(DATABASE, layer("Pooling", "x", "p", "pooling_param { kernel_size: 2 }")))


def test_parameters_that_are_given_need_no_shape() -> None:
    net = graph(DATABASE, inner_product("x", "y"))
    refuse_unknown(net, given=net.parameters)
