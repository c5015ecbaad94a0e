from __future__ import annotations

import pytest

from netdef.errors import OptionError
from tests.layers.contract import check_text, make

SOURCE = 'hdf5_data_param { source: "files.txt" batch_size: 4 }'


def test_each_top_is_a_batch_of_rows_of_its_dataset() -> None:
    made = make("HDF5Data", SOURCE, bottoms=0, tops=2)
    assert made.shapes((3, 5), ()) == ((4, 3, 5), (4,))
    check_text(made)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ('hdf5_data_param { source: "files.txt" }', "batch_size is 0, must be at least 1"),
        ("hdf5_data_param { batch_size: 4 }", "has no source, must name a file that lists HDF5 files"),
        (SOURCE + " transform_param { }", "has transform_param, which HDF5Data does not apply"),
    ],
)
def test_impossible_options_are_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        make("HDF5Data", options, bottoms=0)
