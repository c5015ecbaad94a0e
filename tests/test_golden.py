"""Everything that Caffe computed, computed here.

Walks the folder that the environment's NETDEF_GOLDEN names (``tests/golden`` by default). Cases that cannot pass yet,
for want of a layer type or a tool, stand in ``tests/golden_pending.txt``; one of those that passes is a failure too, so
the list only shrinks.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import netdef.pycaffe
from tests.goldens.big import big_cases
from tests.goldens.cli import cli_cases
from tests.goldens.files import data_cases, filler_cases, reject_cases, upgrade_cases
from tests.goldens.nets import layer_cases, net_cases
from tests.goldens.solvers import snapshot_cases, solver_cases

HERE = Path(__file__).parent
ROOT = Path(os.environ.get("NETDEF_GOLDEN", HERE / "golden")).resolve()
PENDING = frozenset((HERE / "golden_pending.txt").read_text().split())

FAMILIES = (
    layer_cases,
    net_cases,
    big_cases,
    solver_cases,
    snapshot_cases,
    filler_cases,
    upgrade_cases,
    data_cases,
    reject_cases,
    cli_cases,
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder: opening a database writes lock files beside it."""
    return Path(shutil.copytree(ROOT, tmp_path_factory.mktemp("golden") / "golden"))


@pytest.mark.parametrize("run", [case for cases in FAMILIES for case in cases(ROOT)])
def test_golden(
    run: Callable[[str], None],
    root: Path,
    device: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(root)
    monkeypatch.setitem(sys.modules, "caffe", netdef.pycaffe)
    monkeypatch.syspath_prepend(root / "nets")
    name = request.node.callspec.id
    if name not in PENDING:
        run(device)
        return
    try:
        run(device)
    except Exception:
        pytest.skip("pending")
    pytest.fail(f"{name} passes: take it off tests/golden_pending.txt")
