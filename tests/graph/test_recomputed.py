from __future__ import annotations

from netdef.graph.graph import Graph
from netdef.graph.place import place
from netdef.graph.recomputed import read_from_outside, stretches
from tests.graph.texts import IMAGES, graph, inner_product, layer, problem

ONE, OTHER = 'layer_group { name: "g" checkpoint: true }', 'layer_group { name: "h" checkpoint: true }'


def cut(made: Graph) -> list[tuple[bool, list[int]]]:
    steps = place(made).steps
    return list(stretches(steps, range(len(steps))))


def test_neighbours_of_one_group_are_one_stretch() -> None:
    made = graph(
        *(ONE, OTHER, IMAGES, inner_product("x", "a", 4, 'in_group: "g"'), layer("ReLU", "a", "b", 'in_group: "g"')),
        *(layer("ReLU", "b", "c", 'in_group: "h"'), layer("TanH", "c", "d"), layer("TanH", "d", "e", 'in_group: "h"')),
    )
    assert cut(made) == [(False, [0]), (True, [1, 2]), (True, [3]), (False, [4]), (True, [5])]


def test_a_copy_ends_a_stretch() -> None:
    group = 'in_group: "g"'
    made = graph(
        *(ONE, IMAGES, inner_product("x", "a", 4, f'device: "0" {group}')),
        inner_product("a", "b", 3, f'device: "1" {group}'),
    )
    assert cut(made) == [(False, [0]), (True, [1]), (False, [2]), (True, [3])]


def test_sources_and_layers_that_write_files_run_once() -> None:
    made = graph(
        *(ONE, IMAGES.replace("{ name", '{ in_group: "g" name', 1), layer("ReLU", "x", "a", 'in_group: "g"')),
        layer("HDF5Output", "a,x", "", 'hdf5_output_param { file_name: "f" } in_group: "g"', "out"),
    )
    assert cut(made) == [(False, [0]), (True, [1]), (False, [2])]


def test_what_is_read_from_outside_has_the_parameters() -> None:
    made = graph(IMAGES, inner_product("x", "a", 4))
    names = [getattr(piece.content, "name", "") or "parameter" for piece in read_from_outside(place(made).steps[1:2])]
    assert names == ["x", "parameter", "parameter"]


def test_groups_that_disagree_are_an_error() -> None:
    found = problem(
        *('layer_group { name: "g" checkpoint: true }', 'layer_group { name: "h" checkpoint: false }', IMAGES),
        inner_product("x", "a", 4, 'in_group: "g" in_group: "h"'),
    )
    assert "its groups disagree on checkpoint: true and false" in found
