"""Cases of solvers/ and snapshots/: parameters after each iteration, and runs that were broken off and resumed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from netdef.session import Training, open_training
from netdef.solver.events import Trained
from tests.goldens.compare import SOLVERS, check
from tests.goldens.nets import Arrays


def parameters(training: Training) -> dict[str, torch.Tensor]:
    net = training.net
    return {
        f"{node.name}/{index}": blob.detach()
        for node in net.graph.nodes
        for index, blob in enumerate(net.blobs_of(node.name))
    }


def start_from(training: Training, arrays: Arrays) -> None:
    with torch.no_grad():
        for name, blob in parameters(training).items():
            blob.copy_(torch.from_numpy(arrays[f"init/{name}"]).reshape(blob.shape))


def compare_parameters(training: Training, arrays: Arrays, prefix: str) -> None:
    found = parameters(training)
    for key, wanted in arrays.items():
        if key.startswith(f"{prefix}/"):
            check(key, found[key.removeprefix(f"{prefix}/")].cpu(), wanted, SOLVERS)


def compare_updates(training: Training, arrays: Arrays, prefix: str) -> None:
    net = training.net
    for node in net.graph.nodes:
        for index, use in enumerate(node.blobs):
            key = f"{prefix}/{node.name}/{index}"
            if key in arrays:
                gradient = net.tensors[use.parameter].grad
                found = np.zeros_like(arrays[key]) if gradient is None else gradient.cpu().numpy()
                check(key, found, arrays[key], SOLVERS)


def run_solver_case(solver: Path, device: str) -> None:
    arrays = dict(np.load(solver.with_suffix(".npz")))
    last = max(int(key.split("/")[0].removeprefix("iter")) for key in arrays if key.startswith("iter"))
    with open_training(solver, device=device, keep_updates=True) as training:
        start_from(training, arrays)
        for iteration in range(1, last + 1):
            events = [event for event in training.solver.step(1) if isinstance(event, Trained)]
            if "lr" in arrays:
                check(f"lr of iteration {iteration}", events[0].lr, arrays["lr"][iteration - 1], SOLVERS)
            compare_parameters(training, arrays, f"iter{iteration}")
            compare_updates(training, arrays, f"update{iteration}")


def run_snapshot_case(npz: Path, device: str) -> None:
    """Caffe's snapshot resumes here as it did there, and so does one that netdef wrote."""
    arrays = dict(np.load(npz))
    solver = npz.with_name(f"{npz.stem}_solver.prototxt")
    middle = int(arrays["meta/snapshot_iter"])
    ends = sorted({int(key.split("/")[0].removeprefix("resumed")) for key in arrays if key.startswith("resumed")})
    state = next(path for path in npz.parent.glob(f"{npz.stem}_iter_{middle}.solverstate*"))
    with open_training(solver, snapshot=state, device=device) as training:
        for end in ends:
            list(training.solver.step(end - training.solver.iteration))
            compare_parameters(training, arrays, f"resumed{end}")
    with open_training(solver, device=device) as training:
        start_from(training, arrays)
        for end in ends:
            list(training.solver.step(end - training.solver.iteration))
            compare_parameters(training, arrays, f"straight{end}")


def solver_cases(root: Path) -> list[object]:
    return [
        pytest.param(partial(run_solver_case, path.relative_to(root)), id=f"solvers/{path.stem}")
        for path in sorted(root.glob("solvers/*.prototxt"))
        if path.with_suffix(".npz").exists()
    ]


def snapshot_cases(root: Path) -> list[object]:
    return [
        pytest.param(partial(run_snapshot_case, path.relative_to(root)), id=f"snapshots/{path.stem}")
        for path in sorted(root.glob("snapshots/*.npz"))
    ]
