from __future__ import annotations

import torch

from netdef.blob import Blob
from netdef.graph.build import build
from netdef.pycaffe.run import Run
from netdef.pycaffe.source_step import SourceStep
from netdef.schema import netdef_pb2 as schema


def make(*dims: list[int]) -> SourceStep:
    net = schema.NetParameter()
    layer = net.layer.add(name="in", type="Input", top=["x", "y"])
    for dim in dims:
        layer.input_param.shape.add(dim=dim)
    (node,) = build(net, schema.NetState()).nodes
    return SourceStep(node, [Blob(0), Blob(0)])


def test_tops_have_the_shapes_of_the_file() -> None:
    assert [top.shape for top in make([2, 3], [4]).tops] == [(2, 3), (4,)]
    assert [top.shape for top in make().tops] == [(0,), (0,)]
    assert [top.shape for top in make([], [3]).tops] == [(), (3,)]


def test_what_is_given_is_copied_what_is_not_stays() -> None:
    step = make([2, 3], [4])
    step.tops[1].data[...] = 9
    view = step.tops[0].data
    step.forward(Run(inputs={"x": torch.ones(2, 3), "z": torch.zeros(1)}))
    assert (view == 1).all()
    assert (step.tops[1].data == 9).all()


def test_a_batch_of_another_size_reshapes_the_top() -> None:
    step = make([2, 3], [4])
    step.forward(Run(inputs={"x": torch.ones(5, 3)}))
    step.reshape()
    assert step.tops[0].shape == (5, 3)
