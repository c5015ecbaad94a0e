from collections.abc import Callable

from netdef.draw.clusters import Cluster, Frame, clusters
from netdef.draw.diagram import diagram
from netdef.graph.graph import Graph

MakeGraph = Callable[..., Graph]

HEAD = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }'
BLOCK = HEAD + "".join(
    f'layer {{ name: "{name}" type: "ReLU" bottom: "x" top: "{name}" }}'
    for name in ("a/1", "a/2", "a/3", "b/1", "b/2", "a")
)
TOWERS = (
    'layer_group { name: "towers" color: "#112233" } layer_group { name: "top" device: "2" }'
    + HEAD
    + "".join(
        f'layer {{ name: "{name}" type: "ReLU" bottom: "x" top: "{name}" {rest} }}'
        for name, rest in (
            ("left", 'in_group: "towers" device: "0"'),
            ("right", 'in_group: "towers" device: "1"'),
            ("head", 'in_group: "top"'),
            ("alone", 'device: "0" device: "1"'),
        )
    )
)


def shown(cluster: Cluster) -> dict[Frame, object]:
    """Write a cluster as nested frames around names."""
    inner: dict[Frame, object] = {frame: shown(each) for frame, each in cluster.inner.items()}
    return inner | {Frame(("boxes",)): [box.node.name for box in cluster.boxes]}


def framed(graph: Graph) -> dict[Frame, object]:
    return shown(clusters(diagram([graph]).boxes))


def test_three_names_that_begin_alike_make_a_block(graph: MakeGraph) -> None:
    assert framed(graph(BLOCK)) == {
        Frame(("a",)): {Frame(("boxes",)): ["a/1", "a/2", "a/3"]},
        Frame(("boxes",)): ["in", "b/1", "b/2", "a"],
    }


def test_groups_hold_devices(graph: MakeGraph) -> None:
    assert framed(graph(TOWERS)) == {
        Frame(("towers",), "#112233"): {
            Frame(("device 0",)): {Frame(("boxes",)): ["left"]},
            Frame(("device 1",)): {Frame(("boxes",)): ["right"]},
            Frame(("boxes",)): [],
        },
        Frame(("top", "device 2")): {Frame(("boxes",)): ["head"]},
        Frame(("boxes",)): ["in", "alone"],
    }
