"""What a solver needs to go on, and the message that carries it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

from netdef.schema import weights_pb2
from netdef.schema.wire import Piece, field
from netdef.weights.apart import Bytes
from netdef.weights.blob_proto import array_of, blob_of, encode_blob
from netdef.weights.contents import Array, readable

_HISTORY = weights_pb2.SolverState.HISTORY_FIELD_NUMBER


@dataclass(frozen=True)
class SolverState:
    """A solver between two iterations.

    ``learned_net`` is the path of the weights; ``histories`` are the update rule's, one for each parameter in net order
    (AdaDelta's and Adam's: all of the first kind, then all of the second); ``current_step`` counts the stepvalues
    passed. The other fields are netdef's own, and Caffe passes them over: ``positions`` is the number of records
    consumed, by net ("train", "test0", …) and data layer, ``best`` the best test result so far, ``layer_state`` what
    layers remember beside their parameters, ``recent_loss`` the last losses, oldest first, ``plateau`` what the policy
    of that name has seen so far, ``loss_scale`` by what losses are scaled in FP16.
    """

    iteration: int
    learned_net: str = ""
    histories: tuple[Array, ...] = ()
    current_step: int = 0
    seed: int | None = None
    positions: dict[tuple[str, str], int] = dataclasses.field(default_factory=dict)
    best: float | None = None
    layer_state: dict[str, tuple[Array, ...]] = dataclasses.field(default_factory=dict)
    recent_loss: tuple[float, ...] = ()
    plateau: weights_pb2.PlateauState | None = None
    loss_scale: weights_pb2.LossScaleState | None = None


def encode(state: SolverState) -> list[Piece]:
    """Return the message of a state."""
    head = weights_pb2.SolverState(iter=state.iteration, learned_net=state.learned_net)
    tail = own_fields(state)
    tail.current_step = state.current_step
    histories = (field(_HISTORY, encode_blob(array)) for array in state.histories)
    return [head.SerializeToString(), *chain.from_iterable(histories), tail.SerializeToString()]


def own_fields(state: SolverState) -> weights_pb2.SolverState:
    """Return the message of those fields alone that Caffe does not have."""
    message = weights_pb2.SolverState(
        seed=state.seed,
        best_score=state.best,
        recent_loss=state.recent_loss,
        plateau=state.plateau,
        loss_scale=state.loss_scale,
    )
    for (net, layer), ordinal in state.positions.items():
        message.position.add(net=net, layer=layer, ordinal=ordinal)
    for layer, arrays in state.layer_state.items():
        message.layer_state.add(layer=layer, state=map(blob_of, arrays))
    return message


def from_message(message: weights_pb2.SolverState, arrays: Sequence[Bytes] = ()) -> SolverState:
    """Return the state that a message holds; ``arrays`` are those of one that was read apart from them.

    Raises: ValueError if an array's values are not as many as its shape says.
    """
    array = partial(array_of, arrays=arrays)
    return SolverState(
        iteration=message.iter,
        learned_net=readable(message.learned_net),
        histories=tuple(map(array, message.history)),
        current_step=message.current_step,
        seed=message.seed if message.HasField("seed") else None,
        positions={(position.net, position.layer): position.ordinal for position in message.position},
        best=message.best_score if message.HasField("best_score") else None,
        layer_state={layer.layer: tuple(map(array, layer.state)) for layer in message.layer_state},
        recent_loss=tuple(message.recent_loss),
        plateau=message.plateau if message.HasField("plateau") else None,
        loss_scale=message.loss_scale if message.HasField("loss_scale") else None,
    )
