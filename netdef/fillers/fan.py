"""How many elements feed one output, or are fed by one input: the n of "xavier" and "msra"."""

from __future__ import annotations

import math
from collections.abc import Sequence

from netdef.schema import netdef_pb2 as schema


def fan(filler: schema.FillerParameter, shape: Sequence[int]) -> float:
    """Return n for a blob's shape: its elements over its first length, over its second, or the mean of both.

    # Caffe takes the blob's axes as they lie, so that in a Deconvolution or a transposed InnerProduct FAN_IN
    # counts outputs; and a blob of one axis has all its elements for FAN_OUT (filler.hpp)
    """
    elements = math.prod(shape)
    fan_in = elements // shape[0]
    fan_out = elements // shape[1] if len(shape) > 1 else elements
    if filler.variance_norm == schema.FillerParameter.FAN_OUT:
        return fan_out
    if filler.variance_norm == schema.FillerParameter.AVERAGE:
        return (fan_in + fan_out) / 2
    return fan_in
