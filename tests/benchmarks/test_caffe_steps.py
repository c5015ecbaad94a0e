from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from google.protobuf import text_format

from benchmarks.contest.case import Case
from benchmarks.contest.contests import contests
from benchmarks.engines.caffe_steps import NETS, prepare
from benchmarks.twins.twins import TWINS
from netdef.graph.graph import Graph
from netdef.model import load_graph
from netdef.schema import netdef_pb2 as schema

TRAIN = schema.NetState(phase=schema.TRAIN)


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[Graph | int]:
    """What a stand-in for Caffe, whose schema is netdef's here, is given to train, and by how many iterations."""
    seen: list[Graph | int] = []

    def solver_of(path: str) -> SimpleNamespace:
        options = text_format.Parse(Path(path).read_text(), schema.SolverParameter())
        seen.append(load_graph(options.net, TRAIN))
        return SimpleNamespace(step=seen.append)

    for name, contents in (("caffe", {"SGDSolver": solver_of}), ("caffe.proto", {"caffe_pb2": schema})):
        module = ModuleType(name)
        vars(module).update(contents)
        monkeypatch.setitem(sys.modules, name, module)
    return seen


@pytest.mark.parametrize("name", NETS)
def test_caffe_trains_the_same_net_on_images_of_the_same_size(name: str, trained: list[Graph | int]) -> None:
    step = prepare(Case(name, "train", 2))
    step()
    graph, iterations = trained
    assert iterations == 1
    assert isinstance(graph, Graph)
    own = load_graph(str(TWINS[name].path), TRAIN)
    assert [parameter.shape for parameter in graph.parameters] == [parameter.shape for parameter in own.parameters]
    assert [node.type for node in graph.nodes][2:] == [node.type for node in own.nodes][1:]
    assert [top.shape for node in graph.nodes[:2] for top in node.tops] == [(2, *TWINS[name].image), (2,)]


def test_caffe_takes_part_where_there_is_one() -> None:
    present = {contest.title: contest for contest in contests(bfloat16=False, caffe=True)}
    assert [goal.ratio for goal in present["Training step: GoogLeNet, batch 16"].goals if goal.by == "Caffe"] == [0.40]
    assert {title for title, contest in present.items() if "Caffe" in contest.contenders} == {
        "Training step: AlexNet, batch 32",
        "Training step: GoogLeNet, batch 16",
        "Training step: LeNet, batch 64",
    }
