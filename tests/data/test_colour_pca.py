from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from google.protobuf import text_format

from netdef.data.colour_pca import ColourShifts, describe
from netdef.errors import DataError
from netdef.schema import netdef_pb2 as schema

DIRECTIONS = """
direction { variance: 0.2 component: 0.6 component: 0.64 component: 0.48 }
direction { variance: 0.05 component: -0.8 component: 0.48 component: 0.36 }
"""
VECTORS = np.array([[0.6, 0.64, 0.48], [-0.8, 0.48, 0.36]])


def options(text: str) -> schema.ColourPca:
    return text_format.Parse(text, schema.ColourPca())


def test_shifts_vary_along_the_directions_by_their_variance() -> None:
    shifts = ColourShifts(options(DIRECTIONS), 1).of(np.arange(20_000))
    assert shifts.shape == (20_000, 3)
    assert shifts.dtype == np.float32
    along = shifts @ VECTORS.T / 255
    assert along.std(0) == pytest.approx([0.1 * 0.2, 0.1 * 0.05], rel=0.03)
    assert np.abs(along.mean(0)).max() < 0.001
    beside = np.cross(VECTORS[0], VECTORS[1])
    assert np.abs(shifts @ beside).max() < 1e-3


def test_a_record_is_shifted_alike_in_every_batch_but_not_in_every_pass() -> None:
    shifts = ColourShifts(options(DIRECTIONS), 1)
    assert np.array_equal(shifts.of(np.arange(8))[3:], shifts.of(np.arange(3, 8)))
    assert len(np.unique(shifts.of(np.arange(8)), axis=0)) == 8
    assert not np.array_equal(shifts.of(np.arange(8)), ColourShifts(options(DIRECTIONS), 2).of(np.arange(8)))


def test_sigma_is_a_factor() -> None:
    double = ColourShifts(options(f"sigma: 0.2 {DIRECTIONS}"), 1).of(np.arange(5))
    np.testing.assert_allclose(double, 2 * ColourShifts(options(DIRECTIONS), 1).of(np.arange(5)), rtol=1e-6)
    assert not ColourShifts(options(f"sigma: 0 {DIRECTIONS}"), 1).of(np.arange(5)).any()


def test_a_file_that_was_written_is_read(tmp_path: Path) -> None:
    (tmp_path / "colours.prototxt").write_text(describe(np.array([0.2, 0.05]), VECTORS, "colours of two images"))
    named = ColourShifts(options('source: "colours.prototxt"'), 1, tmp_path)
    assert named.channels == 3
    np.testing.assert_allclose(named.of(np.arange(5)), ColourShifts(options(DIRECTIONS), 1).of(np.arange(5)), rtol=1e-6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "source and direction are missing"),
        (f'source: "x" {DIRECTIONS}', "source and direction are both given"),
        (f"sigma: -1 {DIRECTIONS}", "sigma is -1, must not be negative"),
        ("direction { variance: 1 }", "one component for each channel, 4 at most; found 0"),
        (f"{DIRECTIONS} direction {{ component: 1 }}", "found 3, 3, 1"),
    ],
)
def test_refused(text: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        ColourShifts(options(text), 1)


def test_a_damaged_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "colours").write_text("direction {\n  varianc: 1\n}\n")
    with pytest.raises(DataError, match=r'colours:2:3: unknown field "varianc"'):
        ColourShifts(options('source: "colours"'), 1, tmp_path)
