from __future__ import annotations

from pathlib import Path

import pytest

from netdef.errors import DefinitionError
from netdef.graph.graph import Graph
from netdef.graph.place import place
from netdef.graph.plan import Compute, Copy, Plan, Step
from netdef.layers.channels import Range
from netdef.model import load_graph
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, inner_product, layer

BOTH = 'device: "0" device: "1"'
ON_1 = 'device: "1"'
IMAGE = 'layer { name: "in" device: "0" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 dim: 6 dim: 5 } } }'


def conv(bottom: str, top: str, options: str = "", device: str = "") -> str:
    return layer("Convolution", bottom, top, f"convolution_param {{ num_output: 8 kernel_size: 1 {options} }} {device}")


def written(plan: Plan) -> list[str]:
    return [_written(step) for step in plan.steps]


def _written(step: Step) -> str:
    if isinstance(step, Copy):
        range_, made = step.taken.range, step.made
        part = f"[{range_.start}:{range_.stop}]" if range_ else ""
        return f"{getattr(made.content, 'name', '')}{part} {step.taken.piece.device}→{made.device}"
    assert isinstance(step, Compute)
    return f"{step.node.name}@{step.device}" + (f" {step.index + 1}/{step.count}" if step.count > 1 else "")


def test_layers_follow_their_first_bottom() -> None:
    net = graph(IMAGE, layer("ReLU", "x", "a"), layer("ReLU", "x", "b", ON_1), layer("Eltwise", "b,a", "c"))
    assert written(place(net)) == ["in@0", "x 0→1", "a@0", "a 0→1", "b@1", "c@1"]


def test_parts_stay_apart_until_a_layer_needs_the_whole() -> None:
    net = graph(IMAGE, conv("x", "c", device=BOTH), layer("ReLU", "c", "c", name="r"), inner_product("c", "y"))
    halves = ["in@0", "x 0→1", "c@0 1/2", "c@1 2/2", "r@0 1/2", "c[0:4] 0→1", "r@1 2/2", "c[4:8] 1→0"]
    assert written(place(net)) == [*halves, "y@0 1/2", "y@1 2/2", "y[2:4] 1→0"]  # the output comes whole


def test_a_layer_that_cannot_be_split_runs_on_the_first_device() -> None:
    net = graph(IMAGE, conv("x", "c", device=BOTH), layer("Softmax", "c", "s", BOTH), layer("ReLU", "s", "r"))
    assert written(place(net))[-3:] == ["c[4:8] 1→0", "s@0", "r@0"]


def test_what_cannot_be_split_where_nothing_asks_for_it_stays_whole() -> None:
    net = graph(IMAGE, conv("x", "c", device=BOTH), conv("c", "d", "group: 1").replace("8", "3"))
    assert written(place(net))[-1] == "d@0"


def test_groups_that_are_the_parts_need_no_copy() -> None:
    net = graph(IMAGE, conv("x", "c", device=BOTH), conv("c", "d", "group: 2", BOTH), layer("Silence", "d"))
    assert written(place(net))[:6] == ["in@0", "x 0→1", "c@0 1/2", "c@1 2/2", "d@0 1/2", "d@1 2/2"]


def test_a_normalization_reads_its_neighbours_from_the_other_device() -> None:
    net = graph(IMAGE, conv("x", "c", device=BOTH), layer("LRN", "c", "n", "lrn_param { local_size: 3 }"))
    steps = place(net).steps
    copies = [_written(step) for step in steps if isinstance(step, Copy)]
    assert copies[:3] == ["x 0→1", "c[3:4] 0→1", "c[4:5] 1→0"]
    second = [step for step in steps if isinstance(step, Compute)][-1]
    assert (second.margin, second.first_channel) == (1, 4)


def test_what_was_copied_is_not_copied_again() -> None:
    readers = [layer("ReLU", "x", top, ON_1) for top in ("a", "b")]
    assert sum(isinstance(step, Copy) for step in place(graph(IMAGE, *readers)).steps) == 1


def test_every_copy_is_begun_right_behind_what_makes_its_source() -> None:
    plan = place(load_graph("models/alexnet.prototxt", schema.NetState(phase=schema.TRAIN)))
    made: set[object] = {piece for pieces in plan.held.values() for piece in pieces}
    for before, step in zip((None, *plan.steps), plan.steps, strict=False):
        if isinstance(step, Compute):
            assert {take.piece for takes in (*step.bottoms, *step.blobs) for take in takes} <= made
            made.update(step.tops)
        else:
            assert isinstance(step, Copy)
            behind = before.taken if isinstance(before, Copy) else None
            assert step.taken.piece in made
            assert behind is not None or (isinstance(before, Compute) and step.taken.piece in before.tops)
            made.add(step.made)


def test_parameters_lie_where_their_part_runs_and_what_all_learn_from_on_the_first() -> None:
    shared = layer("PReLU", "c", "p", "prelu_param { channel_shared: true }")
    net = graph(IMAGE, conv("x", "c", device=BOTH), shared, layer("BatchNorm", "p", "n"))
    plan = place(net)
    lies = {(owner.owner, owner.index): [(p.device, p.range) for p in held] for owner, held in plan.held.items()}
    halves = [("0", Range(0, 0, 4)), ("1", Range(0, 4, 8))]
    assert lies["c", 0] == lies["c", 1] == lies["n", 0] == halves
    assert lies["p", 0] == [("0", None)]
    assert lies["n", 2] == [("0", None), ("1", None)]  # each part counts for itself


def problems(net: Graph) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        place(net)
    return [str(problem) for problem in caught.value.problems]


def test_all_that_cannot_be_split_is_told() -> None:
    odd = inner_product("x", "y", 3, BOTH), conv("x", "c", "group: 4", f'{BOTH} device: "2"').replace("8", "12")
    first, second = problems(graph(IMAGE, *odd))
    assert first == (
        'layer "y" (InnerProduct): 3 channels cannot be split over 2 devices in equal parts\n'
        "    let the number of channels be a multiple of 2"
    )
    assert second == (
        'layer "c" (Convolution): 4 groups straddle 3 devices\n'
        "    let the number of groups be a multiple of the number of devices, or divide it"
    )


def test_statistics_are_shared_only_where_they_lie() -> None:
    shared = " ".join(f'param {{ name: "s{index}" lr_mult: 0 }}' for index in range(3))
    norms = [layer("BatchNorm", "x", top, f"{shared} {device}") for top, device in (("a", ON_1), ("b", BOTH))]
    (found,) = problems(graph(IMAGE, *norms))
    assert found == (
        'layer "b" (BatchNorm): shares blob 0 with layer "a", but it lies on other devices there\n'
        "    give both the same devices: running statistics are kept where their layer runs"
    )


def tied(bottom: str, top: str, outputs: int, options: str = "", mode: str = "STRICT") -> str:
    settings = f"inner_product_param {{ num_output: {outputs} bias_term: false {options} }}"
    return layer("InnerProduct", bottom, top, f'{settings} {BOTH} param {{ name: "w" share_mode: {mode} }}')


def test_a_shared_blob_is_cut_along_one_axis() -> None:
    (found,) = problems(graph(IMAGE, tied("x", "code", 8), tied("code", "x2", 120, "transpose: true")))
    assert 'layer "x2" (InnerProduct): shares blob 0 with layer "code", but it is split along another axis' in found
    assert found.endswith("give one of the two layers a single device")


def test_a_blob_shared_in_another_shape_is_not_cut() -> None:
    rows = 'layer { name: "rows" type: "Input" top: "r" input_param { shape { dim: 2 dim: 60 } } }'
    plan = place(graph(IMAGE, rows, tied("x", "a", 2), tied("r", "b", 4, mode="PERMISSIVE")))
    assert [step.count for step in plan.computes if step.node.type == "InnerProduct"] == [2, 2, 1]


def test_a_mistake_is_placed_where_the_devices_are_named(tmp_path: Path) -> None:
    text = 'layer_group {\n  name: "g"\n  device: "0"\n  device: "1"\n}\n' + IMAGE + "\n"
    text += inner_product("x", "a", 3, 'in_group: "g"') + "\n" + inner_product("x", "b", 5, f"\n  {BOTH}")
    (tmp_path / "net").write_text(text)
    net = load_graph(str(tmp_path / "net"), schema.NetState(phase=schema.TRAIN))
    first, second = problems(net)
    assert first.startswith(f'{tmp_path}/net:3:3: layer "a" (InnerProduct): 3 channels')
    assert f"\n    the layer stands at {tmp_path}/net:7:1\n" in first
    assert second.startswith(f'{tmp_path}/net:9:3: layer "b" (InnerProduct): 5 channels')
