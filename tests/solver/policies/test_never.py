from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.schema import netdef_pb2 as schema
from netdef.solver.policies.never import never_lowered

PLATEAU = 'lr_policy: "plateau" test_interval: 10 plateau_param { metric: "loss" better: LOWER patience: 5 }'


def found(text: str) -> tuple[str, tuple[str | int, ...]] | None:
    return never_lowered(text_format.Parse(f"base_lr: 1 {text}", schema.SolverParameter()))


@pytest.mark.parametrize(
    ("text", "message", "path"),
    [
        ('lr_policy: "step" gamma: 0.1 stepsize: 50 max_iter: 50', "stepsize is 50: the rate is never", ("stepsize",)),
        (
            'lr_policy: "multistep" gamma: 0.1 stepvalue: 60 stepvalue: 70 max_iter: 50',
            "stepvalue is 60: the rate is never lowered before max_iter, which is 50",
            ("stepvalue", 0),
        ),
        ('lr_policy: "multistep" gamma: 0.1 max_iter: 50', "there is no stepvalue: the rate", ("lr_policy",)),
        ('lr_policy: "exp" gamma: 1 max_iter: 50', 'lr_policy is "exp": the rate is never lowered', ("lr_policy",)),
        ('lr_policy: "inv" gamma: 0.1 max_iter: 50', 'lr_policy is "inv": the rate is never lowered', ("lr_policy",)),
        (f"{PLATEAU} max_iter: 50", "there are only 5 tests before max_iter", ("plateau_param", "patience")),
    ],
)
def test_warned_of(text: str, message: str, path: tuple[str | int, ...]) -> None:
    warning = found(text)
    assert warning is not None
    assert message in warning[0]
    assert warning[1] == path


@pytest.mark.parametrize(
    "text",
    [
        'lr_policy: "fixed" max_iter: 50',
        'lr_policy: "step" gamma: 0.1 stepsize: 49 max_iter: 50',
        'lr_policy: "step" gamma: 0.1 stepsize: 999 max_iter: 1000',
        'lr_policy: "multistep" gamma: 0.1 stepvalue: 40 stepvalue: 70 max_iter: 50',
        'lr_policy: "inv" gamma: 0.1 power: 0.75 max_iter: 50',
        'lr_policy: "cosine" stepsize: 7 max_iter: 50',
        'lr_policy: "poly" power: 1 max_iter: 50 warmup_iter: 10',
        'lr_policy: "step" gamma: 0.1 stepsize: 60',
        f"{PLATEAU} max_iter: 51",
    ],
)
def test_nothing_to_warn_of(text: str) -> None:
    assert found(text) is None
