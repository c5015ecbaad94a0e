from pathlib import Path

import pytest

from netdef.errors import DefinitionError
from netdef.schema.kind import FileKind, kind_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('name: "n" layer { name: "a" }', FileKind.NET),
        ("layers { type: RELU }", FileKind.NET),
        ('input: "data" input_dim: 1', FileKind.NET),
        ('net: "n.prototxt" base_lr: 0.1', FileKind.SOLVER),
        ('net_param { name: "n" layer { name: "a" } layer { name: "b" } } base_lr: 0.1', FileKind.SOLVER),
        ('# name: "n" layer {\nnet: "layer { name }" base_lr: 0.1', FileKind.SOLVER),
        ("base_lr: 0.1 net_param < layer < > name: 'a' >", FileKind.SOLVER),
        ('solver_mode: GPU type: "Adam"', FileKind.SOLVER),
        ("", FileKind.NET),
        ('# blocks\nblock { name: "b" layer { } base_lr: 1 }', FileKind.BLOCKS),
        ('include: "a" block { name: "b" }', FileKind.BLOCKS),
        ('block { name: "b" } use { block: "b" }', FileKind.NET),
        ('include: "a" repeat { }', FileKind.NET),
        ('include: "a" base_lr: 0.1', FileKind.SOLVER),
        ('name: "a\\"base_lr: max_iter: {"', FileKind.NET),
    ],
)
def test_a_file_is_what_its_outermost_fields_say(text: str, kind: FileKind, tmp_path: Path) -> None:
    path = tmp_path / "file.prototxt"
    path.write_text(text)
    assert kind_of(path) is kind


def test_a_file_that_only_includes_is_what_it_includes(tmp_path: Path) -> None:
    (tmp_path / "part.prototxt").write_text('net: "n.prototxt" base_lr: 0.1')
    path = tmp_path / "file.prototxt"
    path.write_text('include: "part.prototxt"')
    assert kind_of(path) is FileKind.SOLVER


def test_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\0\1\2")
    with pytest.raises(DefinitionError, match="is a binary file"):
        kind_of(path)
