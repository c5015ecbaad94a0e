from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from google.protobuf import text_format

from netdef.devices import choose_device, compute_exactly, describe
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
    words = (
        "GPU 0 is not there: torch sees no GPU on this machine; solver_mode: CPU in the solver, or no --gpu, computes"
    )
    for gpu, text in (("0", ""), ("", "solver_mode: GPU")):
        with pytest.raises(DeviceError) as caught:
            choose_device(gpu, solver(text))
        assert str(caught.value).startswith(words)


@pytest.mark.parametrize("gpus", [2], indirect=True)
@pytest.mark.usefixtures("gpus")
def test_a_number_that_is_too_high_is_refused_with_how_many_there_are() -> None:
    with pytest.raises(DeviceError, match="GPU 2 is not there: there are 2, numbered from 0"):
        choose_device("2")


@pytest.mark.parametrize("name", ["all", "0,1", "-1", "cuda"])
def test_what_is_no_single_number_is_refused(name: str) -> None:
    with pytest.raises(DeviceError, match=f"--gpu {name}: one GPU at a time, by its number"):
        choose_device(name)


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
