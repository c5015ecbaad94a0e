"""What fillers refuse, and that refusing needs no torch."""

from __future__ import annotations

import subprocess
import sys

import pytest
from google.protobuf import text_format

from netdef.errors import OptionError
from netdef.fillers import check
from netdef.schema import netdef_pb2 as schema


def filler(text: str) -> schema.FillerParameter:
    return text_format.Parse(text, schema.FillerParameter())


@pytest.mark.parametrize(
    ("text", "shape", "words", "path"),
    [
        ('type: "nope"', (2,), 'unknown filler "nope"', "type"),
        ('type: "bilinear"', (2, 3, 4), "needs a blob of 4 axes, this one has 3", "type"),
        ('type: "bilinear"', (2, 3, 4, 5), "needs square planes, these are 4×5", "type"),
        ('type: "xavier"', (), "at least one axis", "type"),
        ('type: "msra"', (), "at least one axis", "type"),
        ('type: "positive_unitball"', (), "at least one axis", "type"),
        ('type: "uniform" min: 2', (2, 3), "min is 2, must not be above max, 1", "min"),
        ('type: "uniform" max: nan', (2, 3), "min is 0, must not be above max, nan", "min"),
        ('type: "gaussian" std: 0', (2, 3), "std is 0, must be positive", "std"),
        ('type: "gaussian" std: nan', (2, 3), "std is nan, must be positive", "std"),
        ('type: "gaussian" sparse: 4', (3, 5), "sparse is 4, must be from 0 to 3, the blob's first length", "sparse"),
        ('type: "gaussian" sparse: -2', (None, 5), "sparse is -2, must be from 0 to the blob's first", "sparse"),
        ('type: "gaussian" sparse: 1', (), "at least one axis", "type"),
        ('type: "xavier" sparse: 4', (3, 5), 'sparse is for filler "gaussian", not "xavier"', "sparse"),
    ],
)
def test_refused(text: str, shape: tuple[int | None, ...], words: str, path: str) -> None:
    with pytest.raises(OptionError, match=words) as refused:
        check(filler(text), shape)
    assert refused.value.path == (path,)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("value: 3", ()),
        ('type: "uniform" min: 1 max: 1', ()),
        ('type: "gaussian" sparse: 3', (3, 5)),
        ('type: "gaussian" sparse: 9', (None, 5)),
        ('type: "bilinear"', (2, 3, None, 5)),
        ('type: "bilinear"', (None, 1, 4, 4)),
    ],
)
def test_accepted(text: str, shape: tuple[int | None, ...]) -> None:
    check(filler(text), shape)


def test_an_unknown_filler_is_told_the_nearest_and_all() -> None:
    with pytest.raises(OptionError) as refused:
        check(filler('type: "Xaviar"'), (2, 3))
    assert refused.value.hint.startswith('did you mean "xavier"? known: bilinear, constant, gaussian')


def test_checking_imports_no_torch() -> None:
    code = "import sys, netdef.fillers; sys.exit(any(name in sys.modules for name in ('torch', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
