from __future__ import annotations

import argparse

import pytest

from netdef.cli.assignments import edits
from netdef.cli.speed_flags import PRECISIONS, SWITCHES, add_precision_flag, add_speed_flags, speed_settings
from netdef.prototxt.parse import parse
from netdef.schema import netdef_pb2 as schema


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_speed_flags(parser)
    return parser.parse_args(words)


def test_without_flags_the_solvers_file_decides() -> None:
    assert speed_settings(parsed()) == []


def test_each_flag_sets_its_field() -> None:
    settings = speed_settings(parsed("--precision", "bf16", "--tf32", "--compile", "--cuda-graph"))
    assert settings == ["solver.precision=BF16", *(f"solver.{name}=true" for name in SWITCHES)]
    tree = parse('net: "n"', "s")
    edits(settings)["solver"](tree)
    assert [field.name for field in tree.fields] == ["net", "precision", *SWITCHES]


def test_the_precisions_are_those_of_the_schema() -> None:
    assert list(PRECISIONS) == schema.SolverParameter.Precision.keys()


def test_verbs_that_have_no_solver_compute_in_float32_by_default(capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_precision_flag(parser)
    assert parser.parse_args([]).precision == "FP32"
    with pytest.raises(SystemExit):
        parser.parse_args(["--precision", "INT8"])
    assert "INT8" in capsys.readouterr().err
