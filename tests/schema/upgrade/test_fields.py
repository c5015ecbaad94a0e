from __future__ import annotations

import pytest

from netdef.schema.netdef_pb2 import ConvolutionParameter, FillerParameter, ImageDataParameter, V0LayerParameter
from netdef.schema.upgrade.fields import move_field

OLD = V0LayerParameter(
    kernelsize=5, group=2, blobs_lr=[1, 2], weight_filler=FillerParameter(std=3), new_height=-4, biasterm=False
)


def test_a_number_is_set() -> None:
    new = ConvolutionParameter()
    move_field(OLD, "group", new)
    move_field(OLD, "biasterm", new, "bias_term")
    assert new == ConvolutionParameter(group=2, bias_term=False)


def test_a_single_value_becomes_a_list() -> None:
    new = ConvolutionParameter(kernel_size=[7, 7])
    move_field(OLD, "kernelsize", new, "kernel_size")
    assert new == ConvolutionParameter(kernel_size=[5])


def test_lists_and_messages_are_copied() -> None:
    new = V0LayerParameter()
    move_field(OLD, "blobs_lr", new)
    move_field(OLD, "weight_filler", new)
    new.weight_filler.std = 9
    assert list(new.blobs_lr) == [1, 2]
    assert OLD.weight_filler.std == 3


def test_a_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="-4"):
        move_field(OLD, "new_height", ImageDataParameter())
