"""Solver types by name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import text_format

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.rules.registry import SOLVER_TYPES, rule_of
from netdef.solver.rules.sgd import SGD

REJECTS = Path(os.environ.get("NETDEF_GOLDEN", Path(__file__).parents[2] / "golden")) / "rejects"


def test_sgd_is_the_default() -> None:
    assert rule_of(schema.SolverParameter(momentum=0.5)) == SGD(momentum=0.5)


@pytest.mark.parametrize("name", SOLVER_TYPES)
def test_every_type_is_made_by_its_name(name: str) -> None:
    assert type(rule_of(schema.SolverParameter(type=name))).__name__ == name


def test_an_unknown_type_is_told_the_nearest_and_all() -> None:
    with pytest.raises(OptionError, match='type is "adam", which is unknown') as refused:
        rule_of(schema.SolverParameter(type="adam"))
    assert refused.value.path == ("type",)
    assert refused.value.hint == 'did you mean "Adam"? known: AdaDelta, AdaGrad, Adam, Nesterov, RMSProp, SGD'


@pytest.mark.parametrize("case", ["solver_unknown_type", "solver_adagrad_momentum", "solver_rmsprop_momentum"])
def test_what_caffe_refuses_is_refused(case: str) -> None:
    message = text_format.Parse((REJECTS / f"{case}.prototxt").read_text(), schema.SolverParameter())
    with pytest.raises(OptionError):
        rule_of(message)


def test_checking_a_solver_imports_no_torch() -> None:
    modules = ", ".join(
        f"netdef.solver.{name}" for name in ("policies", "rules.registry", "rules.regularize", "rules.scale")
    )
    code = f"import sys, {modules}; sys.exit(any(name in sys.modules for name in ('torch', 'numpy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
