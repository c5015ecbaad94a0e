"""Which device computes."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from netdef.errors import DeviceError
from netdef.schema import netdef_pb2 as schema

WITHOUT_FLAG = "without --gpu, and without solver_mode: GPU in a solver, the CPU computes"
OTHER_MODE = "solver_mode: CPU in the file, or --set solver.solver_mode=CPU, computes on the CPU"


def choose_device(gpu: str = "", options: schema.SolverParameter | None = None) -> torch.device:
    """Return the device that ``gpu`` (a ``--gpu`` flag) names, else the solver's file, else a GPU if there is one.

    Raises: DeviceError if the device is not there.
    """
    if gpu:
        return _cuda(gpu)
    if options is not None and options.HasField("solver_mode"):
        if options.solver_mode == schema.SolverParameter.GPU:
            return _cuda(str(options.device_id), "solver_mode is GPU: ", OTHER_MODE)
        return torch.device("cpu")
    return torch.device("cuda:0" if torch.cuda.is_available() else "cpu")


def present(device: torch.device | str) -> torch.device:
    """Return a device by its name in torch.

    Raises: DeviceError if torch has no such name, or the GPU is not there.
    """
    try:
        found = torch.device(device)
    except RuntimeError as error:
        reason = str(error).partition("\n")[0]
        raise DeviceError(f'device "{device}": torch knows no such device ({reason})') from error
    if found.type == "cuda":
        _cuda(str(found.index or 0), f'device "{device}": ', 'device "cpu" computes on the CPU')
    return found


def choose_gpus(gpu: str) -> list[int]:
    """Return the numbers of the GPUs that a ``--gpu`` flag names: with commas between, or ``all``.

    Raises: DeviceError for one that is not there, or is named twice.
    """
    if gpu == "all" and torch.cuda.device_count():
        return list(range(torch.cuda.device_count()))
    names = [name.strip() for name in gpu.split(",")]
    if not all(map(str.isdigit, names)):
        hint = "there is none" if gpu == "all" else "give their numbers with commas between, counted from 0, or all"
        raise DeviceError(f"--gpu {gpu}: no GPUs of these names: {hint}")
    numbers = [_cuda(name).index for name in names]
    for number in numbers:
        if numbers.count(number) > 1:
            raise DeviceError(f"--gpu {gpu}: GPU {number} is named twice; each worker needs one of its own")
    return numbers


def worker_device(gpu: str, options: schema.SolverParameter, local_rank: int, local_count: int) -> torch.device:
    """Return the device of one of ``local_count`` workers on this machine: each has its own GPU, or all the CPU.

    Raises: DeviceError if there are not so many GPUs.
    """
    if gpu:
        numbers = choose_gpus(gpu)
    elif options.HasField("solver_mode") and options.solver_mode == schema.SolverParameter.CPU:
        return torch.device("cpu")
    else:
        numbers = list(range(torch.cuda.device_count()))
    if not numbers and not (options.HasField("solver_mode") and options.solver_mode == schema.SolverParameter.GPU):
        return torch.device("cpu")
    if local_count > len(numbers):
        raise DeviceError(
            f"{local_count} workers on this machine, but {len(numbers)} GPUs for them: each needs one of its own\n"
            "    start fewer, or let them compute on the CPU (solver_mode: CPU)"
        )
    return torch.device("cuda", numbers[local_rank])


def parse_devices(text: str) -> tuple[str, ...]:
    """Return the devices that a ``--devices`` flag names, with commas between: ``cuda:N``, or N alone; ``cpu:N``.

    Numbers of the CPU set apart what is to be computed apart; to the machine all of them are one.

    Raises: DeviceError for one that is not there, or is named twice.
    """
    names = [name.strip() for name in text.split(",")]
    devices = tuple(_device_name(name, text) for name in names)
    for device in devices:
        if devices.count(device) > 1:
            raise DeviceError(f"--devices {text}: {device} is named twice")
    return devices


def _device_name(name: str, text: str) -> str:
    kind, colon, number = ("cuda", ":", name) if name.isdigit() else name.partition(":")
    if kind not in ("cpu", "cuda") or (colon and not number.isdigit()):
        raise DeviceError(f'--devices {text}: "{name}" is no device\n    name each as cuda:0, or 0, or cpu:0')
    if kind == "cuda":
        return str(
            _cuda(number or "0", f"--devices {text}: ", "name those that are, or cpu:0,cpu:1 for parts of the CPU")
        )
    return f"cpu:{int(number)}" if number else "cpu"


def describe(device: torch.device) -> str:
    """Name a device for people."""
    if device.type == "cuda":
        return f"GPU {device.index or 0} ({torch.cuda.get_device_name(device)})"
    return f"the CPU ({torch.get_num_threads()} threads)"


def describe_all(devices: Iterable[torch.device | str]) -> str:
    """Name several devices for people, each once."""
    return " and ".join(dict.fromkeys(describe(torch.device(device)) for device in devices))


def compute_exactly(device: torch.device) -> None:
    """Make float32 mean float32 on a GPU: torch's convolutions there keep but 10 bits of each factor by default."""
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False


def round_products(device: torch.device) -> None:
    """Let a GPU keep but 10 bits of each factor in float32 products and convolutions (TF32), until a net is made."""
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True


def _cuda(name: str, before: str = "", way_out: str = WITHOUT_FLAG) -> torch.device:
    if not name.isdigit():
        raise DeviceError(f"--gpu {name}: one GPU at a time, by its number, counted from 0")
    found = torch.cuda.device_count()
    if int(name) >= found:
        there = f"there are {found}, numbered from 0" if found else "torch sees no GPU on this machine"
        raise DeviceError(f"{before}GPU {name} is not there: {there}; {way_out}")
    return torch.device("cuda", int(name))
