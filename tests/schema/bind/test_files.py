"""Files to messages in one step."""

from pathlib import Path
from time import process_time

import pytest

from netdef.errors import DefinitionError
from netdef.schema.bind import examine, read
from netdef.schema.netdef_pb2 import NetParameter


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


def test_a_long_file_takes_little_time() -> None:
    layer = 'layer {\n  name: "x"\n  convolution_param {\n    num_output: 64\n    pad: 1\n  }\n}\n'
    text = layer * 430
    assert text.count("\n") > 3000
    started = process_time()
    bound = examine(text, "f", NetParameter)
    assert process_time() - started < 0.25
    assert len(bound.message.layer) == 430


def test_examine_keeps_what_was_readable() -> None:
    bound = examine("name: 'n'\nlayer { name: \nlayer { name: 'b' }\n", "f", NetParameter)
    assert bound.message.name == "n"
    assert bound.message.layer[1].name == "b"
    assert [str(problem).split("\n")[0] for problem in bound.problems] == [
        "f:2:1: the block layer, opened here, is not closed",
        "f:2:9: name has no value",
    ]
