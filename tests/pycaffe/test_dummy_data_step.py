from __future__ import annotations

import numpy as np

from netdef.blob import Blob
from netdef.graph.build import build
from netdef.layers.dummy_data import DummyData
from netdef.pycaffe.dummy_data_step import DummyDataStep
from netdef.pycaffe.run import Run
from netdef.schema import netdef_pb2 as schema


def make() -> DummyDataStep:
    """Return a step with a constant top of 2×3 sevens, and four numbers between 1 and 2."""
    net = schema.NetParameter()
    layer = net.layer.add(name="noise", type="DummyData", top=["still", "moving"])
    layer.dummy_data_param.shape.add(dim=[2, 3])
    layer.dummy_data_param.shape.add(dim=[4])
    layer.dummy_data_param.data_filler.add(value=7)
    layer.dummy_data_param.data_filler.add(type="uniform", min=1, max=2)
    (node,) = build(net, schema.NetState()).nodes
    assert isinstance(node.layer, DummyData)
    return DummyDataStep(node, node.layer, [Blob(0), Blob(0)], (0.0, 0.0))


def test_constants_are_there_before_the_first_pass_and_others_are_not() -> None:
    still, moving = make().tops
    np.testing.assert_array_equal(still.data, np.full((2, 3), 7))
    np.testing.assert_array_equal(moving.data, np.zeros(4))


def test_what_is_written_over_a_constant_stays() -> None:
    step = make()
    for top in step.tops:
        top.data[...] = 5
    step.forward(Run())
    still, moving = (top.data for top in step.tops)
    np.testing.assert_array_equal(still, np.full((2, 3), 5))
    assert ((moving >= 1) & (moving <= 2)).all()


def test_every_pass_draws_anew() -> None:
    step = make()
    step.forward(Run(iteration=0))
    first = step.tops[1].data.copy()
    step.forward(Run(iteration=1))
    assert (first != step.tops[1].data).all()


def test_a_top_keeps_the_shape_that_its_user_gives_it() -> None:
    step = make()
    for top in step.tops:
        top.reshape(5, 3)
    step.reshape()
    step.forward(Run())
    assert [top.shape for top in step.tops] == [(5, 3), (5, 3)]
    assert (step.tops[1].data >= 1).all()
