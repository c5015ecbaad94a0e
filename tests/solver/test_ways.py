from __future__ import annotations

import pytest
import torch

from netdef.module.compiled import Compiled
from netdef.module.precision import Precision
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from netdef.solver import ways
from netdef.solver.ways import OWN_FIELDS, computing_as, described, precision_of
from tests.graph.texts import graph
from tests.ways import SOURCE, TEXTS, batch, options


@pytest.mark.parametrize("precision", Precision)
def test_the_file_names_the_precision(precision: Precision) -> None:
    assert precision_of(options(precision=precision.value)) is precision


def test_without_a_word_a_net_computes_as_caffe_does() -> None:
    assert precision_of(options()) is Precision.FP32
    net = computing_as(options(), Net)(graph(*TEXTS))
    assert net.ways == ()


def test_nets_compute_as_the_file_says() -> None:
    net = computing_as(options(precision="BF16"), Net)(graph(*TEXTS), seed=4)
    assert net.seed == 4
    assert net(batch(), keep=["c"]).blobs["c"].dtype == torch.bfloat16


def test_only_the_net_that_learns_is_compiled() -> None:
    make = computing_as(options(compile=True), Net)
    assert [type(way) for way in make(graph(*TEXTS)).ways] == [Compiled]
    assert make(graph(SOURCE, phase=schema.TEST)).ways == ()


def test_products_are_rounded_after_nets_have_asked_for_exact_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    rounded: list[torch.device] = []
    monkeypatch.setattr(ways, "round_products", rounded.append)
    net = computing_as(options(tf32=True), Net)(graph(*TEXTS))
    assert rounded == [net.device]


def test_what_is_not_caffes_way_is_told() -> None:
    assert described(options()) == ""
    assert described(options(precision="BF16", compile=True)) == "BF16, compiled"
    assert described(options(tf32=True, cuda_graph=True)) == "TF32, recorded"


def test_the_own_fields_are_fields() -> None:
    assert set(OWN_FIELDS) <= set(schema.SolverParameter.DESCRIPTOR.fields_by_name)
