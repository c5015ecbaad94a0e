from __future__ import annotations

import math

import pytest

from netdef.errors import OptionError
from netdef.layers.logarithm import log_base
from netdef.schema import netdef_pb2 as schema


@pytest.mark.parametrize(("base", "log"), [(-1, 1), (1, 0), (8, math.log(8)), (0.5, math.log(0.5))])
def test_the_logarithm_of_the_base_is_1_for_e(base: float, log: float) -> None:
    assert log_base(schema.ExpParameter(base=base), "exp_param") == pytest.approx(log)


@pytest.mark.parametrize("base", [0, -2, math.inf, math.nan])
def test_bases_without_a_logarithm_are_refused(base: float) -> None:
    with pytest.raises(OptionError, match=f"base is {base:g}, must be above 0, or -1 for e") as caught:
        log_base(schema.LogParameter(base=base), "log_param")
    assert caught.value.path == ("log_param", "base")
