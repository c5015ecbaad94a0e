from pathlib import Path

import pytest

from netdef.errors import DefinitionError
from netdef.graph.typed import load_typed


def test_unknown_fields_and_types_are_told_together_in_file_order(tmp_path: Path) -> None:
    path = tmp_path / "net"
    path.write_text(
        'layer { name: "a" type: "Unheard" }\nlayer { name: "b" type: "ReLU" colour: 3 }\nlayer { type: "BN" }\n'
    )
    with pytest.raises(DefinitionError) as refused:
        load_typed(path)
    assert [problem.message.split(": ", 1)[1] for problem in refused.value.problems] == [
        'unknown layer type "Unheard"',
        'unknown field "colour"',
        'unknown layer type "BN"',
    ]
    assert [str(problem.place) for problem in refused.value.problems] == [
        f"{path}:{at}" for at in ("1:19", "2:32", "3:9")
    ]


def test_unknown_types_alone_wait_for_the_phase_that_has_them(tmp_path: Path) -> None:
    path = tmp_path / "net"
    path.write_text('layer { name: "a" type: "Unheard" include { phase: TEST } }')
    assert load_typed(path).message.layer[0].type == "Unheard"


def test_a_solver_is_told_from_a_net(tmp_path: Path) -> None:
    path = tmp_path / "solver"
    path.write_text("base_lr: 0.1\nmax_iter: 3\n")
    with pytest.raises(DefinitionError, match="is a solver file, where a net file is wanted"):
        load_typed(path)
