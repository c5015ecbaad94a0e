from __future__ import annotations

import pytest
import torch

from netdef.layers.normalization import normalizer, read_ignored, read_mode
from netdef.schema import netdef_pb2 as schema

FULL, VALID = schema.LossParameter.FULL, schema.LossParameter.VALID
BATCH_SIZE, NONE = schema.LossParameter.BATCH_SIZE, schema.LossParameter.NONE


def test_the_mode_is_the_new_option_then_the_old_one_then_the_default() -> None:
    assert read_mode(schema.LossParameter()) == VALID
    assert read_mode(schema.LossParameter(), BATCH_SIZE) == BATCH_SIZE
    assert read_mode(schema.LossParameter(normalize=True), BATCH_SIZE) == VALID
    assert read_mode(schema.LossParameter(normalize=False)) == BATCH_SIZE
    assert read_mode(schema.LossParameter(normalize=False, normalization=NONE)) == NONE


def test_no_label_is_ignored_unless_the_file_names_one() -> None:
    assert read_ignored(schema.LossParameter()) is None
    assert read_ignored(schema.AccuracyParameter(ignore_label=0)) == 0


@pytest.mark.parametrize(("mode", "want"), [(FULL, 12), (VALID, 7), (BATCH_SIZE, 3), (NONE, 1)])
def test_normalizers(mode: schema.LossParameter.NormalizationMode, want: float) -> None:
    kept = torch.arange(12) < 7
    assert float(normalizer(mode, items=3, places=12, kept=kept)) == want


def test_where_nothing_is_ignored_all_places_are_valid() -> None:
    assert normalizer(VALID, items=3, places=12, kept=None) == 12
