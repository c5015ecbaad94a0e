"""What is set once for all nets of a process: where they compute, and what their random numbers begin with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import torch

from netdef.errors import DeviceError

TRAIN = 0
TEST = 1
SEED_BITS = 31


@dataclass
class _Mode:
    gpu: bool = False
    device: int = 0
    seed: int | None = None
    solver_count: int = 1
    solver_rank: int = 0
    multiprocess: bool = False


_MODE = _Mode()


def set_mode_cpu() -> None:
    """Compute on the CPU from now on."""
    _MODE.gpu = False


def set_mode_gpu() -> None:
    """Compute on a GPU from now on, the one of ``set_device``.

    Raises: DeviceError if it is not there.
    """
    _gpu(_MODE.device)
    _MODE.gpu = True


def set_device(number: int) -> None:
    """Choose the GPU that ``set_mode_gpu`` stands for.

    Raises: DeviceError if it is not there.
    """
    _gpu(number)
    _MODE.device = number


def current_device() -> torch.device:
    """Return where nets compute now."""
    return _gpu(_MODE.device) if _MODE.gpu else torch.device("cpu")


def set_random_seed(seed: int) -> None:
    """Begin the random numbers of nets made from now on with ``seed``; a negative one draws a new seed for each."""
    _MODE.seed = seed if seed >= 0 else None


def current_seed() -> int:
    """Return the seed of a net that is made now."""
    return secrets.randbits(SEED_BITS) if _MODE.seed is None else _MODE.seed


def is_seeded() -> bool:
    """Tell whether a seed is set."""
    return _MODE.seed is not None


def solver_count() -> int:
    """Return how many solvers work together: what ``set_solver_count`` set."""
    return _MODE.solver_count


def set_solver_count(count: int) -> None:
    """Note how many solvers work together; each net for training made from then on reads its share of the records."""
    _MODE.solver_count = count


def solver_rank() -> int:
    """Return which of the solvers this process is."""
    return _MODE.solver_rank


def set_solver_rank(rank: int) -> None:
    """Note which of the solvers this process is; rank 0 writes the log and the snapshots."""
    _MODE.solver_rank = rank


def set_multiprocess(multiprocess: bool) -> None:
    """Note whether each solver is a process of its own."""
    _MODE.multiprocess = multiprocess


def has_nccl() -> bool:
    """Tell that Caffe's exchange of gradients over NCCL is not here."""
    return False


def _gpu(number: int) -> torch.device:
    found = torch.cuda.device_count()
    if not 0 <= number < found:
        there = f"there are {found}, numbered from 0" if found else "torch sees no GPU on this machine"
        raise DeviceError(f"GPU {number} is not there: {there}; caffe.set_mode_cpu() computes on the CPU")
    return torch.device("cuda", number)
