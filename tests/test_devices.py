from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from google.protobuf import text_format

from netdef.devices import choose_device, choose_gpus, compute_exactly, describe, parse_devices, worker_device
from netdef.errors import DeviceError
from netdef.schema import netdef_pb2 as schema


def solver(text: str) -> schema.SolverParameter:
    return text_format.Parse(text, schema.SolverParameter())


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """As many GPUs as the test asks for."""
    count = request.param
    monkeypatch.setattr(torch.cuda, "device_count", lambda: count)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: count > 0)


@pytest.mark.parametrize("gpus", [2], indirect=True)
@pytest.mark.parametrize(
    ("gpu", "text", "device"),
    [
        ("", "", "cuda:0"),
        ("1", "", "cuda:1"),
        ("1", "solver_mode: CPU", "cuda:1"),
        ("", "solver_mode: CPU", "cpu"),
        ("", "solver_mode: GPU", "cuda:0"),
        ("", "solver_mode: GPU device_id: 1", "cuda:1"),
        ("0", "solver_mode: GPU device_id: 1", "cuda:0"),
        ("", "device_id: 1", "cuda:0"),  # as in Caffe, device_id without solver_mode says nothing
    ],
)
@pytest.mark.usefixtures("gpus")
def test_the_flag_counts_more_than_the_file_and_the_file_more_than_what_is_there(
    gpu: str, text: str, device: str
) -> None:
    assert choose_device(gpu, solver(text)) == torch.device(device)


@pytest.mark.parametrize("gpus", [0], indirect=True)
@pytest.mark.usefixtures("gpus")
def test_without_a_gpu_the_cpu_computes() -> None:
    assert choose_device() == torch.device("cpu")
    assert choose_device("", solver("")) == torch.device("cpu")


@pytest.mark.parametrize("gpus", [0], indirect=True)
@pytest.mark.usefixtures("gpus")
def test_a_gpu_where_there_is_none_is_refused_with_the_way_out() -> None:
    absent = "GPU 0 is not there: torch sees no GPU on this machine; "
    with pytest.raises(DeviceError, match=f"^{absent}without --gpu"):
        choose_device("0")
    with pytest.raises(DeviceError, match=f"^solver_mode is GPU: {absent}solver_mode: CPU in the file, or --set "):
        choose_device("", solver("solver_mode: GPU"))


@pytest.mark.parametrize("gpus", [2], indirect=True)
@pytest.mark.usefixtures("gpus")
def test_a_number_that_is_too_high_is_refused_with_how_many_there_are() -> None:
    with pytest.raises(DeviceError, match="GPU 2 is not there: there are 2, numbered from 0"):
        choose_device("2")


@pytest.mark.parametrize("name", ["all", "0,1", "-1", "cuda"])
def test_what_is_no_single_number_is_refused(name: str) -> None:
    with pytest.raises(DeviceError, match=f"--gpu {name}: one GPU at a time, by its number"):
        choose_device(name)


@pytest.mark.parametrize("gpus", [4], indirect=True)
@pytest.mark.parametrize(("gpu", "numbers"), [("0,2", [0, 2]), ("3", [3]), ("2, 1", [2, 1]), ("all", [0, 1, 2, 3])])
@pytest.mark.usefixtures("gpus")
def test_several_gpus_are_named_with_commas_between(gpu: str, numbers: list[int]) -> None:
    assert choose_gpus(gpu) == numbers


@pytest.mark.parametrize("gpus", [2], indirect=True)
@pytest.mark.parametrize(
    ("gpu", "words"),
    [
        ("0,0", "--gpu 0,0: GPU 0 is named twice; each worker needs one of its own"),
        ("0,2", "GPU 2 is not there: there are 2, numbered from 0"),
        ("0,x", "--gpu 0,x: no GPUs of these names: give their numbers with commas between"),
        ("0,", "--gpu 0,: no GPUs of these names"),
    ],
)
@pytest.mark.usefixtures("gpus")
def test_gpus_that_are_not_there_or_named_twice_are_refused(gpu: str, words: str) -> None:
    with pytest.raises(DeviceError, match=words):
        choose_gpus(gpu)


@pytest.mark.parametrize("gpus", [3], indirect=True)
@pytest.mark.parametrize(
    ("text", "devices"),
    [
        ("cuda:0,cuda:2", ("cuda:0", "cuda:2")),
        ("1, 0", ("cuda:1", "cuda:0")),
        ("cuda,cpu", ("cuda:0", "cpu")),
        ("cpu:0,cpu:7", ("cpu:0", "cpu:7")),
    ],
)
@pytest.mark.usefixtures("gpus")
def test_devices_are_named_with_commas_between(text: str, devices: tuple[str, ...]) -> None:
    assert parse_devices(text) == devices


@pytest.mark.parametrize("gpus", [2], indirect=True)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cuda:7", "GPU 7 is not there: there are 2, numbered from 0; name those that are, or cpu:0,cpu:1"),
        ("gpu", '"gpu" is no device\n    name each as cuda:0, or 0, or cpu:0'),
        ("cpu:x", '"cpu:x" is no device'),
        ("cpu:", '"cpu:" is no device'),
        ("0,", '"" is no device'),
        ("0,cuda:0", "cuda:0 is named twice"),
        ("cpu:1,cpu:01", "cpu:1 is named twice"),
    ],
)
@pytest.mark.usefixtures("gpus")
def test_devices_that_are_not_there_or_named_twice_are_refused(text: str, words: str) -> None:
    with pytest.raises(DeviceError) as caught:
        parse_devices(text)
    assert str(caught.value).startswith(f"--devices {text}: {words}")


@pytest.mark.parametrize("gpus", [0], indirect=True)
@pytest.mark.usefixtures("gpus")
def test_all_gpus_are_none_where_there_is_none() -> None:
    with pytest.raises(DeviceError, match="--gpu all: no GPUs of these names: there is none"):
        choose_gpus("all")


@pytest.mark.parametrize("gpus", [3], indirect=True)
@pytest.mark.parametrize(
    ("gpu", "text", "devices"),
    [
        ("", "", ["cuda:0", "cuda:1"]),
        ("", "solver_mode: GPU device_id: 2", ["cuda:0", "cuda:1"]),
        ("", "solver_mode: CPU", ["cpu", "cpu"]),
        ("2,0", "", ["cuda:2", "cuda:0"]),
        ("all", "solver_mode: CPU", ["cuda:0", "cuda:1"]),
    ],
)
@pytest.mark.usefixtures("gpus")
def test_each_worker_of_a_machine_has_a_gpu_of_its_own(gpu: str, text: str, devices: list[str]) -> None:
    assert [worker_device(gpu, solver(text), rank, 2) for rank in (0, 1)] == [torch.device(name) for name in devices]


@pytest.mark.parametrize(
    ("gpus", "text"), [(0, ""), (0, "solver_mode: CPU"), (2, "solver_mode: CPU")], indirect=["gpus"]
)
@pytest.mark.usefixtures("gpus")
def test_any_number_of_workers_compute_on_a_cpu(text: str) -> None:
    assert worker_device("", solver(text), 6, 7) == torch.device("cpu")


@pytest.mark.parametrize(
    ("gpus", "gpu", "text", "found"),
    [(2, "", "", 2), (2, "1", "", 1), (0, "", "solver_mode: GPU", 0)],
    indirect=["gpus"],
)
@pytest.mark.usefixtures("gpus")
def test_more_workers_than_gpus_are_refused(gpu: str, text: str, found: int) -> None:
    with pytest.raises(DeviceError, match=f"3 workers on this machine, but {found} GPUs for them"):
        worker_device(gpu, solver(text), 0, 3)


def test_the_cpu_is_described_with_its_threads() -> None:
    assert describe(torch.device("cpu")) == f"the CPU ({torch.get_num_threads()} threads)"


def test_a_gpu_is_described_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"Big One {device.index}")
    assert describe(torch.device("cuda", 3)) == "GPU 3 (Big One 3)"


@pytest.fixture
def tf32() -> Iterator[None]:
    """A torch that may shorten float32, as it comes."""
    before = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    yield
    torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = before


@pytest.mark.usefixtures("tf32")
def test_a_gpu_computes_in_whole_float32() -> None:
    compute_exactly(torch.device("cpu"))
    assert shortened() == (True, True)
    compute_exactly(torch.device("cuda", 0))
    assert shortened() == (False, False)


def shortened() -> tuple[bool, bool]:
    """Whether matrix products and convolutions may shorten float32."""
    return torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
