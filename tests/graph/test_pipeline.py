from __future__ import annotations

import pytest

from netdef.errors import UsageError
from netdef.graph.pipeline import Pipeline, pipeline
from netdef.graph.place import place
from netdef.graph.plan import Compute, Copy, Plan
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer

ON_0, ON_1 = 'device: "0"', 'device: "1"'
LOSS = layer("SoftmaxWithLoss", "b,label", "loss")
TOWER = (IMAGES, LABELS, inner_product("x", "a", options=ON_0), inner_product("a", "b", options=ON_1))


def plan_of(*texts: str) -> Plan:
    return place(graph(*texts))


def names(plan: Plan, steps: tuple[int, ...]) -> list[str]:
    return [_name(plan, index) for index in steps]


def _name(plan: Plan, index: int) -> str:
    step = plan.steps[index]
    return step.node.name if isinstance(step, Compute) else f"copy to {step.made.device}"


def stages(plan: Plan, found: Pipeline) -> list[tuple[tuple[str, ...], list[str]]]:
    return [(stage.devices, names(plan, stage.steps)) for stage in found.stages]


def test_stages_end_where_the_devices_change_and_losses_come_last() -> None:
    plan = plan_of(*TOWER, LOSS)
    found = pipeline(plan)
    # The labels are copied as soon as they are there, by the stage that has them.
    first = ["images", "labels", "copy to 1", "a", "copy to 1"]
    assert stages(plan, found) == [(("0",), first), (("1",), ["b"])]
    assert names(plan, found.last) == ["loss"]
    assert found.first == ()


def test_what_reads_a_layer_of_the_whole_batch_comes_last_too() -> None:
    plan = plan_of(*TOWER, layer("Reduction", "b", "mean"), layer("Power", "mean", "p", "power_param { scale: 2 }"))
    assert names(plan, pipeline(plan).last) == ["mean", "p"]


def test_a_layer_split_over_two_devices_is_a_stage_of_both() -> None:
    plan = plan_of(IMAGES, LABELS, inner_product("x", "a"), inner_product("a", "b", options=f"{ON_0} {ON_1}"), LOSS)
    assert [stage.devices for stage in pipeline(plan).stages] == [("0",), ("0", "1")]


def test_parameters_are_copied_once_for_all_micro_batches() -> None:
    shared = 'param { name: "w" } param { name: "v" }'
    plan = plan_of(
        IMAGES, LABELS, inner_product("x", "a", 3, f"{ON_0} {shared}"), inner_product("a", "b", 3, f"{ON_1} {shared}")
    )
    found = pipeline(plan)
    assert names(plan, found.first) == ["copy to 1", "copy to 1"]
    inside = [plan.steps[index] for stage in found.stages for index in stage.steps]
    assert sum(isinstance(step, Copy) for step in inside) == 1


def test_statistics_of_the_batch_are_refused_by_name() -> None:
    norm = layer("BatchNorm", "b", "n", name="bn1")
    with pytest.raises(UsageError, match=r'layer "bn1" \(BatchNorm\)\n.*without --micro-batches'):
        pipeline(plan_of(*TOWER, norm))


def test_given_statistics_are_as_good_as_none() -> None:
    norm = layer("BatchNorm", "b", "n", "batch_norm_param { use_global_stats: true }")
    plan = plan_of(*TOWER, norm)
    assert "n" in names(plan, pipeline(plan).stages[-1].steps)
