"""Files to messages in one step."""

import sys
from pathlib import Path
from types import FrameType

import pytest

from netdef.errors import DefinitionError
from netdef.schema.bind import examine, read
from netdef.schema.netdef_pb2 import NetParameter

LAYER = 'layer {\n  name: "x"\n  convolution_param {\n    num_output: 64\n    pad: 1\n  }\n}\n'
CALLS_FOR_A_LINE = 40


def test_read(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('name: "n"\n')
    bound = read(path, NetParameter)
    assert bound.message == NetParameter(name="n")
    assert str(bound.places["name",]) == f"{path}:1:1"


def test_errors_of_syntax_and_of_binding_come_together(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text('nam: "n"\nname = "n"\nforce_backward: 3\n')
    with pytest.raises(DefinitionError) as caught:
        read(path, NetParameter)
    assert [problem.place.line for problem in caught.value.problems if problem.place] == [1, 2, 3]


def test_a_warning_does_not_stop_the_work(tmp_path: Path) -> None:
    path = tmp_path / "net.prototxt"
    path.write_text(r'name: "C:\data"')
    bound = read(path, NetParameter)
    assert bound.message.name == r"C:\data"
    assert len(bound.problems) == 1


def test_the_work_grows_with_the_number_of_layers_only() -> None:
    calls_for(1)  # imports what is imported late
    few, many = calls_for(100), calls_for(400)
    assert many <= 4 * few
    assert many < 400 * LAYER.count("\n") * CALLS_FOR_A_LINE


def calls_for(layers: int) -> int:
    """Count the Python functions that are called to read so many layers."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        bound = examine(LAYER * layers, "f", NetParameter)
    finally:
        sys.setprofile(before)
    assert len(bound.message.layer) == layers
    return calls


def test_examine_keeps_what_was_readable() -> None:
    bound = examine("name: 'n'\nlayer { name: \nlayer { name: 'b' }\n", "f", NetParameter)
    assert bound.message.name == "n"
    assert bound.message.layer[1].name == "b"
    assert [str(problem).split("\n")[0] for problem in bound.problems] == [
        "f:2:1: the block layer, opened here, is not closed",
        "f:2:9: name has no value",
    ]
