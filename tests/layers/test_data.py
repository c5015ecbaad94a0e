from __future__ import annotations

import pytest

from netdef.errors import OptionError
from tests.layers.contract import check_text, make

SOURCE = 'data_param { source: "train_lmdb" batch_size: 10 }'


def test_images_come_with_labels_if_there_is_a_top_for_them() -> None:
    made = make("Data", SOURCE, bottoms=0, tops=2)
    assert made.shapes((3, 8, 7)) == ((10, 3, 8, 7), (10,))
    assert make("Data", SOURCE, bottoms=0).shapes((3, 8, 7)) == ((10, 3, 8, 7),)
    check_text(made)


def test_unknown_records_have_unknown_lengths() -> None:
    made = make("Data", SOURCE + " transform_param { crop_size: 5 }", bottoms=0)
    assert made.shapes() == ((10, None, 5, 5),)


def test_missing_options_are_refused() -> None:
    with pytest.raises(OptionError, match="batch_size is 0"):
        make("Data", 'data_param { source: "train_lmdb" }', bottoms=0)
    with pytest.raises(OptionError, match="has no source, must name a database"):
        make("Data", "data_param { batch_size: 10 }", bottoms=0)
