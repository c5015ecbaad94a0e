"""What each policy refuses."""

from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.policies import Policy
from netdef.solver.policies.options import forgotten


def solver(text: str) -> schema.SolverParameter:
    return text_format.Parse(text, schema.SolverParameter())


@pytest.mark.parametrize(
    ("text", "words", "field"),
    [
        ('lr_policy: "nope"', 'lr_policy is "nope"', "lr_policy"),
        ("base_lr: 0.1", "lr_policy is not set", "lr_policy"),
        ('lr_policy: "step" gamma: 0.1', 'lr_policy "step" needs stepsize', "lr_policy"),
        ('lr_policy: "step" gamma: 0.1 stepsize: 0', "stepsize is 0, must be positive", "stepsize"),
        ('lr_policy: "exp" gamma: -0.5', "gamma is -0.5, must not be negative", "gamma"),
        ('lr_policy: "exp" gamma: nan', "gamma is nan, must not be negative", "gamma"),
        ('lr_policy: "sigmoid" gamma: 1 stepsize: -2', "stepsize is -2, must be positive", "stepsize"),
        ('lr_policy: "sigmoid" gamma: -0.1 stepsize: 3', "gamma is -0.1", "gamma"),
        ('lr_policy: "poly" power: 1', 'lr_policy "poly" needs max_iter', "lr_policy"),
        ('lr_policy: "cosine"', 'lr_policy "cosine" needs max_iter', "lr_policy"),
        ('lr_policy: "cosine" max_iter: 5 stepsize: 0', "stepsize is 0, must be positive", "stepsize"),
        ('lr_policy: "plateau" gamma: -1', "gamma is -1, must not be negative", "gamma"),
        ('lr_policy: "fixed" min_lr: -0.5', "min_lr is -0.5, must not be negative", "min_lr"),
        ('lr_policy: "fixed" warmup_iter: -5', "warmup_iter is -5, must not be negative", "warmup_iter"),
        ('lr_policy: "fixed" warmup_start_lr: nan', "warmup_start_lr is nan", "warmup_start_lr"),
    ],
)
def test_refused(text: str, words: str, field: str) -> None:
    with pytest.raises(OptionError, match=words) as refused:
        Policy(solver(text))
    assert refused.value.path == (field,)


def test_an_unknown_policy_is_told_the_nearest_and_all() -> None:
    with pytest.raises(OptionError) as refused:
        Policy(solver('lr_policy: "Multi_step"'))
    assert refused.value.hint.startswith('did you mean "multistep"? known: cosine, exp, fixed, inv, multistep, plateau')


@pytest.mark.parametrize(
    ("text", "rates", "words"),
    [
        ('lr_policy: "step" stepsize: 2', [1, 1, 0, 0], "after its first step the rate is 0"),
        ('lr_policy: "multistep" stepvalue: 3', [1, 1, 1, 0], "after its first step the rate is 0"),
        ('lr_policy: "exp"', [1, 0, 0, 0], "after its first step the rate is 0"),
        ('lr_policy: "inv" power: 2', [1, 1, 1, 1], "the rate stays as it is"),
        ('lr_policy: "sigmoid" stepsize: 2', [0.5] * 4, "the rate stays as it is"),
    ],
)
def test_without_gamma_it_is_0_which_is_worth_a_warning(text: str, rates: list[float], words: str) -> None:
    policy = Policy(solver(f"base_lr: 1 {text}"))
    assert [policy.rate(iteration) for iteration in range(4)] == rates
    warning = forgotten(solver(text))
    assert warning is not None
    assert f"has no gamma, so that gamma is 0: {words}" in warning[0]
    assert forgotten(solver(f"{text} gamma: 0.5")) is None
