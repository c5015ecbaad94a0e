from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from netdef.errors import DefinitionError
from netdef.graph.place_over_workers import ALL, OWN, asks_for_workers, place_over_workers
from netdef.graph.plan import Compute, Exchange, Plan
from netdef.model import load_graph
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer

GROUP = 'layer_group { name: "split" over_workers: true }'
IN = 'in_group: "split"'
LOSS = layer("SoftmaxWithLoss", "y,label", "loss")
HIDDEN = inner_product("x", "h", 6, IN), layer("ReLU", "h", "h", name="relu"), layer("Dropout", "h", "h", name="drop")


def plan_of(*texts: str, rank: int = 1, count: int = 2) -> Plan:
    return place_over_workers(graph(GROUP, IMAGES, LABELS, *texts), rank, count)


def steps(plan: Plan) -> Iterator[str]:
    """Go through what a worker does, in words."""
    for step in plan.steps:
        if isinstance(step, Exchange):
            yield f"{step.turn} of {getattr(step.made.content, 'name', '')}"
        else:
            assert isinstance(step, Compute)
            yield f"{step.node.name} of {step.device}"


def held(plan: Plan) -> dict[str, tuple[int, int] | None]:
    """Which part of each parameter a worker has."""
    return {
        f"{parameter.owner}{parameter.index}": None if piece.range is None else (piece.range.start, piece.range.stop)
        for parameter, (piece,) in plan.held.items()
    }


def test_layers_of_the_group_see_all_records_and_their_outputs_come_back() -> None:
    plan = plan_of(*HIDDEN, inner_product("h", "y", 4, IN), LOSS)
    assert list(steps(plan)) == [
        f"images of {OWN}",
        f"labels of {OWN}",
        "rows of x",
        f"h of {ALL}",
        f"relu of {ALL}",
        f"drop of {ALL}",
        "channels of h",
        f"y of {ALL}",
        "back of y",
        f"loss of {OWN}",
    ]
    assert held(plan) == {"h0": (3, 6), "h1": (3, 6), "y0": (2, 4), "y1": (2, 4)}
    assert plan.devices == (OWN, ALL)
    assert plan.home == OWN


def test_the_parts_of_all_workers_are_the_whole() -> None:
    found = [held(plan_of(*HIDDEN, rank=rank, count=3))["h0"] for rank in range(3)]
    assert found == [(0, 2), (2, 4), (4, 6)]


def test_what_lies_behind_the_group_is_whole_and_each_blob_is_given_once() -> None:
    plan = plan_of(*HIDDEN, inner_product("h", "y"), inner_product("h", "beside", 2), LOSS)
    assert list(steps(plan))[-5:] == [
        f"drop of {ALL}",
        "back of h",
        f"y of {OWN}",
        f"beside of {OWN}",
        f"loss of {OWN}",
    ]
    assert held(plan)["y0"] is held(plan)["beside1"] is None


def test_every_learned_layer_may_be_split() -> None:
    plan = plan_of(inner_product("x", "y", 4, IN), LOSS)
    assert None not in held(plan).values()
    assert plan.returned() == {step.made for step in plan.exchanges if step.turn == "back"}  # the data learn nothing


def test_gradients_go_back_through_what_hangs_on_parameters() -> None:
    plan = plan_of(inner_product("x", "h", 6), inner_product("h", "y", 4, IN), LOSS)
    assert plan.returned() == {step.made for step in plan.exchanges}
    assert [step.turn for step in plan.exchanges] == ["rows", "back"]


def test_layers_that_follow_are_split_if_they_can_be() -> None:
    softmax = layer("Softmax", "h", "p"), layer("Eltwise", "h,p", "s")
    assert list(steps(plan_of(*HIDDEN, *softmax)))[6:] == [
        "back of h",
        f"p of {OWN}",
        "rows of p",
        f"s of {ALL}",
        "back of s",
    ]


def test_a_layer_of_the_group_that_has_no_parts_stays_whole() -> None:
    plan = plan_of(*HIDDEN, layer("Softmax", "h", "p", IN), layer("PReLU", "h", "y", f"prelu_param {SHARED} {IN}"))
    assert f"p of {OWN}" in steps(plan)
    assert f"y of {OWN}" in steps(plan)  # one slope for all channels would be learned in parts


SHARED = "{ channel_shared: true }"


def test_a_product_behind_batch_statistics_is_split() -> None:
    plan = plan_of(layer("BatchNorm", "x", "n"), inner_product("n", "y", 4, IN), LOSS)
    assert held(plan)["y0"] == (2, 4)


def test_only_a_group_that_says_so_asks_for_workers() -> None:
    assert asks_for_workers(graph(GROUP, IMAGES, inner_product("x", "y", 4, IN)))
    assert not asks_for_workers(graph(GROUP, IMAGES, inner_product("x", "y")))
    assert not asks_for_workers(graph(GROUP.replace("true", "false"), IMAGES, inner_product("x", "y", 4, IN)))


@pytest.mark.parametrize("count", [2, 4])
def test_the_fully_connected_layers_of_alexnet(tmp_path: Path, count: int) -> None:
    text = (Path(__file__).parents[2] / "models" / "alexnet.prototxt").read_text("utf-8")
    model = tmp_path / "alexnet.prototxt"
    model.write_text(
        text.replace('layer_group { name: "classifier"', 'layer_group { name: "classifier" over_workers: true')
    )
    plan = place_over_workers(load_graph(str(model), schema.NetState(phase=schema.TRAIN)), count - 1, count)
    assert [step.turn for step in plan.exchanges] == ["rows", "channels", "channels", "back"]
    sizes = {p.owner: len(piece.range) for p, (piece,) in plan.held.items() if piece.range is not None}
    assert sizes == {"fc6": 4096 // count, "fc7": 4096 // count, "fc8": 1000 // count}


def refused(tmp_path: Path, *texts: str, count: int = 2) -> str:
    """What is said of a file whose layers stand one a line, from the second line on."""
    path = tmp_path / "net.prototxt"
    path.write_text("\n".join([GROUP, IMAGES, LABELS, *texts]))
    with pytest.raises(DefinitionError) as caught:
        place_over_workers(load_graph(str(path), schema.NetState(phase=schema.TRAIN)), 0, count)
    return str(caught.value).replace(str(tmp_path), "")


def test_channels_that_do_not_divide_are_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, inner_product("x", "h", 6, IN), inner_product("h", "y", 9, IN), LOSS, count=4)
    assert "/net.prototxt:4:" in said
    assert 'layer "h" (InnerProduct): 6 channels cannot be split over 4 workers in equal parts' in said
    assert "/net.prototxt:5:" in said
    assert "9 channels" in said


def test_a_parameter_that_is_split_for_one_layer_and_whole_for_another_is_refused(tmp_path: Path) -> None:
    name = 'param { name: "w" }'
    tied = inner_product("x", "h", 6, f"{name} {IN}"), inner_product("x", "z", 6, name)
    said = refused(tmp_path, *tied)
    assert "/net.prototxt:5:" in said
    assert 'layer "z" (InnerProduct): shares blob 0 with layer "h", but only one of them is split over workers' in said
    assert "put both into such a group, or none" in said


def test_batch_statistics_in_the_group_are_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, inner_product("x", "h", 6, IN), layer("BatchNorm", "h", "n", IN))
    assert "/net.prototxt:5:" in said
    assert 'layer "n" (BatchNorm): takes statistics over a batch' in said
    assert "use_global_stats" in said


def test_layers_that_share_and_are_both_split_share_parts() -> None:
    options = f'param {{ name: "w" }} {IN}'
    plan = plan_of(inner_product("x", "h", 6, options), inner_product("x", "z", 6, options))
    assert held(plan) == {"h0": (3, 6), "h1": (3, 6), "z1": (3, 6)}


def test_given_statistics_are_split() -> None:
    fixed = layer("BatchNorm", "h", "n", f"batch_norm_param {{ use_global_stats: true }} {IN}")
    plan = plan_of(inner_product("x", "h", 6, IN), fixed)
    assert held(plan) == {"h0": (3, 6), "h1": (3, 6), "n0": (3, 6), "n1": (3, 6), "n2": None}
