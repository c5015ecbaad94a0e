from __future__ import annotations

from google.protobuf import text_format

from netdef.blob import Blob
from netdef.graph.build import build
from netdef.pycaffe.buffered_net import BufferedNet
from netdef.pycaffe.executor import Executor
from netdef.schema import netdef_pb2 as schema

INPUT = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }'


def wired(text: str, *, force: bool = True) -> Executor:
    net = text_format.Parse(INPUT + text, schema.NetParameter(force_backward=force))
    return BufferedNet(build(net, schema.NetState(phase=schema.TRAIN))).executor


def test_in_place_tops_are_the_blobs_that_they_overwrite() -> None:
    executor = wired("""
    layer { name: "a" type: "AbsVal" bottom: "x" top: "a" }
    layer { name: "r" type: "ReLU" bottom: "a" top: "a" }
    layer { name: "t" type: "TanH" bottom: "a" top: "t" }
    """)
    assert [name for name, _ in executor.blobs] == ["x", "a", "t"]
    _, a, r, t = executor.steps
    assert a.tops == r.bottoms == r.tops == t.bottoms


def test_several_readers_read_copies() -> None:
    executor = wired("""
    layer { name: "a" type: "AbsVal" bottom: "x" top: "a" }
    layer { name: "t" type: "TanH" bottom: "x" top: "t" }
    """)
    assert [step.type for step in executor.steps] == ["Input", "Split", "AbsVal", "TanH"]
    copies: list[Blob] = list(executor.steps[1].tops)
    assert [executor.steps[2].bottoms[0], executor.steps[3].bottoms[0]] == copies


def test_the_loss_weight_of_a_blob_that_is_read_goes_to_its_copy() -> None:
    executor = wired("""
    layer { name: "a" type: "AbsVal" bottom: "x" top: "a" loss_weight: 0.25 }
    layer { name: "t" type: "TanH" bottom: "a" top: "t" }
    """)
    assert [step.weights for step in executor.steps] == [(0.0,), (0.0,), (0.25, 0.0), (0.0,)]
    assert [name for name, _ in executor.blobs] == ["x", "a", "a_a_0_split_0", "a_a_0_split_1", "t"]


def test_tops_without_names_have_blobs_of_their_own() -> None:
    executor = wired("""
    layer { name: "one" type: "EuclideanLoss" bottom: "x" bottom: "x" }
    layer { name: "two" type: "EuclideanLoss" bottom: "x" bottom: "x" }
    """)
    automatic = [blob for name, blob in executor.blobs if name == "(automatic)"]
    assert len(automatic) == 2
    assert automatic[0] is not automatic[1]


def test_splits_take_part_only_where_gradients_go() -> None:
    text = """
    layer { name: "ip" type: "InnerProduct" bottom: "x" top: "ip" inner_product_param { num_output: 2 } }
    layer { name: "a" type: "AbsVal" bottom: "ip" top: "a" propagate_down: false loss_weight: 1 }
    layer { name: "t" type: "TanH" bottom: "ip" top: "t" propagate_down: false loss_weight: 1 }
    """
    found = [wired(text.replace("false", value), force=False).steps[2] for value in ("false", "true")]
    assert [step.takes_part for step in found] == [False, True]  # type: ignore[attr-defined]
