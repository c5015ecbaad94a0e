from __future__ import annotations

import pytest
from google.protobuf import text_format

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema
from netdef.solver.global_batch import batch_share, with_batch


def solver(text: str) -> schema.SolverParameter:
    return text_format.Parse(text, schema.SolverParameter())


@pytest.mark.parametrize(("workers", "share"), [(1, 12), (2, 6), (12, 1)])
def test_each_worker_gets_an_equal_share(workers: int, share: int) -> None:
    assert batch_share(solver("global_batch: 12"), workers) == share


def test_without_it_the_layers_have_their_own() -> None:
    assert batch_share(solver("base_lr: 1"), 7) is None


def test_what_cannot_be_shared_equally_is_refused_with_numbers_that_fit() -> None:
    with pytest.raises(OptionError, match="global_batch is 12, which 5 workers cannot share equally") as caught:
        batch_share(solver("global_batch: 12"), 5)
    assert caught.value.hint == "give a multiple of 5, or train with 1, 2, 3, 4, 6 workers"
    assert caught.value.path == ("global_batch",)


@pytest.mark.parametrize("whole", [0, -4])
def test_a_batch_of_nothing_is_refused(whole: int) -> None:
    with pytest.raises(OptionError, match=f"global_batch is {whole}, must be at least 1"):
        batch_share(solver(f"global_batch: {whole}"), 1)


def test_all_data_layers_get_the_batch_and_no_others() -> None:
    text = """
        layer { type: "Data" data_param { source: "a" batch_size: 7 } }
        layer { type: "HDF5Data" hdf5_data_param { batch_size: 7 } }
        layer { type: "ImageData" image_data_param { batch_size: 7 } }
        layer { type: "MemoryData" memory_data_param { batch_size: 7 channels: 3 } }
        layer { type: "WindowData" window_data_param { batch_size: 7 } }
        layer { type: "Dropout" dropout_param { dropout_ratio: 0.7 } }
    """
    net = text_format.Parse(text, schema.NetParameter())
    assert str(with_batch(net, 3)) == str(net).replace("batch_size: 7", "batch_size: 3")
    assert "batch_size: 3" not in str(net)
