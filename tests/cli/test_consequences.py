from pathlib import Path

from netdef.cli.consequences import without_consequences
from netdef.errors import Place, Problem
from netdef.schema.load import examine_net


def left(text: str, problems: list[tuple[int, int]], folder: Path) -> list[tuple[int, int]]:
    """Return which of the problems at these places are not put off."""
    path = folder / "net"
    path.write_text(text)
    loaded = examine_net(path)
    assert loaded.problems
    found = without_consequences([Problem("?", Place(str(path), *spot)) for spot in problems], loaded)
    return [(problem.place.line, problem.place.column) for problem in found if problem.place]


def test_a_problem_of_a_block_waits_for_what_is_unread_in_it(tmp_path: Path) -> None:
    text = 'layer {\n name: "c"\n convolution_param {\n  num_outptu: 4\n }\n}\n'
    assert left(text, [(1, 1), (3, 2), (4, 3)], tmp_path) == [(1, 1), (4, 3)]


def test_what_is_unread_may_be_deeper_and_not_the_first(tmp_path: Path) -> None:
    text = 'layer {\n convolution_param {\n  pad: 1\n  weight_filler { std: "x" }\n  pad: 1\n }\n}\n'
    assert left(text, [(2, 2)], tmp_path) == []


def test_each_use_of_a_block_is_seen_by_itself(tmp_path: Path) -> None:
    (tmp_path / "net").write_text(
        'block {\n name: "b" argument: "p"\n layer { pooling_param { pad: ${p} kernel_size: 3 } }\n}\n'
        'use { block: "b" p: 2 }\nuse { block: "b" p: MAX }\nuse { block: "b" p: 4 }\n'
    )
    loaded = examine_net(tmp_path / "net")
    found = [Problem("?", loaded.locate(("layer", number, "pooling_param"))) for number in range(3)]
    assert list(without_consequences(found, loaded)) == [found[0], found[2]]


def test_other_blocks_and_layers_are_not_concerned(tmp_path: Path) -> None:
    text = "layer {\n pooling_param { pad: 1 }\n foo: 3\n}\nlayer {\n pooling_param { bar: 2 }\n}\n"
    assert left(text, [(2, 2), (6, 2)], tmp_path) == [(2, 2)]


def test_what_is_unread_before_all_layers_concerns_no_block(tmp_path: Path) -> None:
    text = 'input: "a"\ninput_dim: 3\nlayer {\n pooling_param { pad: 1 }\n}\n'
    assert left(text, [(4, 2)], tmp_path) == [(4, 2)]


def test_an_unknown_field_of_the_file_concerns_no_block(tmp_path: Path) -> None:
    text = "version: 1\nlayer {\n pooling_param { pad: 1 }\n}\n"
    assert left(text, [(2, 1), (3, 2)], tmp_path) == [(2, 1), (3, 2)]


def test_a_layer_whose_type_is_unread_waits_as_a_whole(tmp_path: Path) -> None:
    text = 'layers {\n type: INTERP\n bottom: "x"\n}\nlayers {\n type: RELU\n}\n'
    assert left(text, [(1, 1), (3, 2), (5, 1)], tmp_path) == [(3, 2), (5, 1)]
