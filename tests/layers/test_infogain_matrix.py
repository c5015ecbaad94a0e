from __future__ import annotations

from pathlib import Path

import pytest

from netdef.errors import OptionError
from netdef.layers.infogain_matrix import read_matrix
from netdef.schema import netdef_pb2 as schema


@pytest.mark.parametrize("blob", [schema.BlobProto(data=[1, 0.5, 0]), schema.BlobProto(double_data=[1, 0.5, 0])])
def test_numbers_are_read_as_either_kind(tmp_path: Path, blob: schema.BlobProto) -> None:
    path = tmp_path / "H.binaryproto"
    path.write_bytes(blob.SerializeToString())
    assert read_matrix(path) == (1, 0.5, 0)


def test_files_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r'source: no such file "H\.binaryproto" \(working directory ') as caught:
        read_matrix(Path("H.binaryproto"))
    assert caught.value.path == ("infogain_loss_param", "source")
    with pytest.raises(OptionError, match="cannot be read"):
        read_matrix(tmp_path)
    path = tmp_path / "H.txt"
    path.write_text("1 0 0 1")
    with pytest.raises(OptionError, match=r'source: ".*H\.txt" is no BlobProto file'):
        read_matrix(path)
