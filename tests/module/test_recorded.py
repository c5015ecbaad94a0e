from __future__ import annotations

import copy
import pickle

import torch

from netdef.module.recorded import Recordings, Replay
from netdef.module.transfer import Transfers
from netdef.module.values import Values
from tests.chains import convolution
from tests.compiled import needs_kernels
from tests.nets import numbers
from tests.recordings import recorded


def test_copies_have_nothing_recorded() -> None:
    recordings = Recordings({"kind": None})
    assert recordings
    for other in (copy.deepcopy(recordings), pickle.loads(pickle.dumps(recordings))):
        assert (type(other), len(other)) == (Recordings, 0)


@needs_kernels
def test_a_stretch_runs_only_on_blobs_that_lie_as_they_did() -> None:
    found = recorded(convolution("x", "a", "num_output: 16"))
    ((stretch, _),) = found.items
    assert not isinstance(stretch, int)
    values = Values(lambda piece: torch.empty(0), Transfers())
    for x, fits in ((numbers(2, 4, 7, 5), True), (numbers(2, 4, 7, 5).to(memory_format=torch.channels_last), False)):
        assert Replay(found, {"x": x}, values).run(stretch) is fits
    (piece,) = stretch.shown
    assert values.tensor(piece).shape == (2, 16, 7, 5)
