from __future__ import annotations

import numpy as np
import pytest

from netdef.errors import OptionError
from tests.layers.contract import check_layer, make

SHAPE = "parameter_param { shape { dim: 2 dim: 3 } }"


def test_the_top_is_the_blob() -> None:
    (y,), (blob,) = check_layer(make("Parameter", SHAPE, bottoms=0))
    assert blob.shape == (2, 3)
    np.testing.assert_array_equal(y, blob)


def test_the_blob_is_zero_at_first_and_no_source_feeds_it() -> None:
    made = make("Parameter", SHAPE, bottoms=0)
    (spec,) = made.parameters()
    assert (spec.shape, spec.filler.type, spec.filler.value, spec.lr_mult) == ((2, 3), "constant", 0, 1)
    assert not made.source


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(OptionError, match=r"shape \(2, -1\) has a negative length"):
        make("Parameter", "parameter_param { shape { dim: 2 dim: -1 } }", bottoms=0)
