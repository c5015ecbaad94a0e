"""The memory that training needs, as counted by hand; benchmarks/profiles/tensor_memory.py measures it."""

from __future__ import annotations

from netdef.draw.memory import Memory, training_memory
from netdef.graph.graph import Graph
from netdef.graph.place import place
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import IMAGES, LABELS, graph, inner_product, layer
from tests.nets import LOSS


def memory(made: Graph) -> Memory:
    found = training_memory(place(made))
    assert found is not None
    return found


def chain(*options: str) -> tuple[str, ...]:
    """Return two products and a loss, their layers in a group."""
    return (
        *options,
        *(IMAGES, LABELS, inner_product("x", "a", 100, 'in_group: "g"'), layer("TanH", "a", "b", 'in_group: "g"')),
        *(inner_product("b", "y", 4), LOSS),
    )


def test_a_small_net_by_hand() -> None:
    found = memory(graph(*chain('layer_group { name: "g" }')))
    parameters = 4 * (3 * 100 + 100 + 100 * 4 + 4)
    assert (found["parameters"], found["gradients"], found["histories"]) == (parameters,) * 3
    blobs = {"x": 4 * 5 * 3, "label": 4 * 5, "b": 4 * 5 * 100, "y": 4 * 5 * 4, "loss": 4}
    assert found["activations"] == sum(blobs.values()) - blobs["label"]
    assert found["peak"] > 3 * parameters


def test_a_group_that_is_recomputed_keeps_what_it_read() -> None:
    whole = memory(graph(*chain('layer_group { name: "g" }')))
    less = memory(graph(*chain('layer_group { name: "g" checkpoint: true }')))
    assert whole["activations"] == less["activations"]  # b is read behind the group
    more = graph(
        'layer_group { name: "g" checkpoint: true }',
        *(IMAGES, LABELS, inner_product("x", "a", 100, 'in_group: "g"'), layer("TanH", "a", "b", 'in_group: "g"')),
        *(layer("TanH", "b", "c", 'in_group: "g"'), inner_product("c", "y", 4), LOSS),
    )
    assert memory(more)["activations"] == whole["activations"]


def test_frozen_layers_keep_nothing_and_have_no_gradients() -> None:
    made = graph(
        'layer_group { name: "g" freeze: true }',
        *(IMAGES, LABELS, inner_product("x", "a", 100, 'in_group: "g"'), layer("TanH", "a", "b", 'in_group: "g"')),
        *(inner_product("b", "y", 4), LOSS),
    )
    found = memory(made)
    assert found["gradients"] == 4 * (100 * 4 + 4)
    assert found["activations"] == 4 * (5 * 100 + 5 * 4 + 1)


def test_only_training_has_a_prediction() -> None:
    assert training_memory(place(graph(IMAGES, inner_product("x", "a"), phase=schema.TEST))) is None
