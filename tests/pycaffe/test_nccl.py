from __future__ import annotations

import pytest

import netdef.pycaffe as caffe
from netdef.errors import UsageError


def test_there_is_none_and_it_says_so() -> None:
    assert caffe.has_nccl() is False
    for make in (caffe.NCCL, caffe.NCCL.new_uid):
        with pytest.raises(UsageError, match=r"NCCL is not here .* netdef train"):
            make()
