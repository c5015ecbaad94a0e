from __future__ import annotations

import numpy as np

from netdef.schema import netdef_pb2 as schema
from netdef.schema import weights_pb2
from netdef.weights.state import SolverState, encode, from_message, own_fields

STATE = SolverState(
    iteration=600,
    learned_net="run/x_iter_600.caffemodel",
    histories=(np.arange(6, dtype=np.float32).reshape(2, 3), np.array([0.5, -2], np.float32)),
    current_step=2,
    seed=2**40,
    positions={("train", "data"): 38_400, ("test0", "data"): 2**33},
    best=0.1,
    layer_state={"lstm/1": (np.ones((1, 2, 5), np.float32), np.zeros((1, 2, 4), np.float32))},
    recent_loss=(0.5, 0.25),
    plateau=weights_pb2.PlateauState(best=0.25, waited=3, drops=1, tested=400),
)


def same(one: SolverState, other: SolverState) -> None:
    """Fail where two states differ; arrays are compared by their text, which shows shape, type and values."""
    assert repr(one) == repr(other)


def full() -> schema.SolverState:
    return schema.SolverState.FromString(b"".join(encode(STATE)))


def test_what_is_written_is_read() -> None:
    same(from_message(weights_pb2.SolverState.FromString(b"".join(encode(STATE)))), STATE)


def test_the_full_schema_reads_caffes_fields_and_ours() -> None:
    message = full()
    assert (message.iter, message.learned_net, message.current_step) == (600, "run/x_iter_600.caffemodel", 2)
    assert [list(blob.shape.dim) for blob in message.history] == [[2, 3], [2]]
    assert list(message.history[1].data) == [0.5, -2]
    assert message.best_score == 0.1
    assert [(place.net, place.layer, place.ordinal) for place in message.position] == [
        ("train", "data", 38_400),
        ("test0", "data", 2**33),
    ]


def test_own_fields_hold_nothing_of_caffes() -> None:
    names = {field.name for field, _ in own_fields(STATE).ListFields()}
    assert names == {"seed", "position", "best_score", "layer_state", "recent_loss", "plateau"}


def test_a_state_of_caffes_has_no_own_fields() -> None:
    same(from_message(weights_pb2.SolverState(iter=6)), SolverState(iteration=6))
