from __future__ import annotations

import numpy as np

from netdef.blob import Blob
from netdef.pycaffe.run import Run
from netdef.pycaffe.split_step import SplitStep


def test_copies_have_the_bottoms_values_and_gradients_of_their_own() -> None:
    bottom, tops = Blob(2, 3), [Blob(0), Blob(0)]
    split = SplitStep("split", bottom, tops, (0.5, 0), backward=True)
    bottom.data[...] = 4
    assert all((top.data == 4).all() and top.shape == (2, 3) for top in tops)
    assert [float(top.diff.sum()) for top in tops] == [3, 0]
    tops[1].diff[...] = 1
    split.backward(Run())
    assert (bottom.diff == 1.5).all()


def test_copies_follow_a_bottom_that_grows() -> None:
    bottom, tops = Blob(2), [Blob(0), Blob(0)]
    split = SplitStep("split", bottom, tops, (0, 0), backward=True)
    bottom.reshape(5)
    bottom.data[...] = np.arange(5)
    split.forward(Run())
    assert tops[1].data.tolist() == [0, 1, 2, 3, 4]


def test_a_split_that_takes_no_part_leaves_the_gradient() -> None:
    bottom, tops = Blob(2), [Blob(0)]
    split = SplitStep("split", bottom, tops, (0,), backward=False)
    bottom.diff[...] = 7
    split.backward(Run())
    assert bottom.diff.tolist() == [7, 7]
