from __future__ import annotations

import pytest

import netdef.pycaffe
from netdef.errors import UsageError
from netdef.pycaffe import TEST, Net
from tests.pycaffe.conftest import Write
from tests.pycaffe.texts import BRANCHES


@pytest.fixture
def net(write: Write) -> Net:
    return Net(write(BRANCHES), TEST)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("set_phase_test", r"a Net has no attribute set_phase_test since .*caffe\.Net\(file, weights, caffe\.TEST\)"),
        ("set_mode_gpu", r"for all nets at once: caffe\.set_mode_gpu"),
        ("set_channel_swap", r"caffe\.io\.Transformer.*net\.transformer\.set_channel_swap"),
        ("forward_prefilled", r"now: net\.forward\(\)"),
    ],
)
def test_what_nets_had_once(net: Net, name: str, words: str) -> None:
    with pytest.raises(AttributeError, match=words):
        getattr(net, name)
    assert not hasattr(net, name)


def test_what_nets_never_had(net: Net) -> None:
    with pytest.raises(AttributeError, match=r"a Net has no attribute colour$"):
        getattr(net, "colour")  # noqa: B009


def test_what_the_module_had_once() -> None:
    with pytest.raises(UsageError, match=r"the module caffe has no attribute set_phase_train since .*caffe\.TRAIN"):
        netdef.pycaffe.set_phase_train()
    with pytest.raises(AttributeError, match=r"the module caffe has no attribute colour$"):
        getattr(netdef.pycaffe, "colour")  # noqa: B009
