from __future__ import annotations

from itertools import pairwise

from netdef.graph.pipeline import pipeline
from netdef.graph.place import place
from netdef.graph.schedule import BACKWARD, Entry, part_macs, schedule
from tests.graph.test_pipeline import LOSS, TOWER, plan_of
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer

A, B = 5 * 3 * 4 // 2, 5 * 4 * 4 // 2  # multiply-accumulates of the two products for half of the batch


def entries(micro_batches: int) -> list[Entry]:
    plan = plan_of(*TOWER, LOSS)
    return schedule(plan, pipeline(plan), micro_batches)


def test_the_second_stage_works_on_a_part_while_the_first_has_the_next() -> None:
    forward = [entry for entry in entries(2) if not entry.backward]
    assert [(entry.stage, entry.micro_batch, entry.start, entry.stop) for entry in forward] == [
        (0, 0, 0, A),
        (0, 1, A, 2 * A),
        (1, 0, A, A + B),
        (1, 1, A + B, A + 2 * B),
    ]


def test_the_way_back_begins_at_the_end_with_the_newest_part() -> None:
    found = entries(2)
    last = max(entry.stop for entry in found if not entry.backward)
    back = [entry for entry in found if entry.backward]
    assert [(entry.stage, entry.micro_batch) for entry in back] == [(1, 1), (1, 0), (0, 1), (0, 0)]
    assert back[0].start == last
    assert all(entry.stop - entry.start == BACKWARD * (B if entry.stage else A) for entry in back)


def test_no_device_does_two_things_at_a_time() -> None:
    for device in ("0", "1"):
        own = sorted((entry.start, entry.stop) for entry in entries(5) if device in entry.devices)
        assert all(stop <= start for (_, stop), (start, _) in pairwise(own))


def test_a_part_of_a_layer_costs_its_share() -> None:
    options = 'convolution_param { num_output: 4 kernel_size: 1 group: 2 } device: "0" device: "1"'
    source = 'layer { name: "i" type: "Input" top: "x" input_param { shape { dim: 2 dim: 6 dim: 5 dim: 3 } } }'
    whole = graph(source, layer("Convolution", "x", "c", options))
    parts = [part_macs(step) for step in place(whole).computes if step.node.name == "c"]
    assert parts == [2 * 2 * 5 * 3 * 3] * 2
    assert sum(parts) == whole.nodes[1].cost.macs
    assert part_macs(next(place(graph(IMAGES)).computes)) == 0


def test_towers_that_do_not_need_each_other_work_side_by_side() -> None:
    image = layer("Power", "x", "image", 'device: "2"')
    towers = [inner_product("image", f"t{device}", options=f'device: "{device}"') for device in (0, 1)]
    plan = plan_of(IMAGES, LABELS, image, *towers, layer("Eltwise", "t0,t1", "b", 'device: "2"'), LOSS)
    found = [entry for entry in schedule(plan, pipeline(plan), 2) if entry.stop - entry.start >= A]
    times = {device: [(entry.start, entry.stop) for entry in found if entry.devices == (device,)] for device in "01"}
    assert times["0"] == times["1"]
    assert len(times["0"]) == 4
