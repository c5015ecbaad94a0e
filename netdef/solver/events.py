"""What happens in a run: one record for each event. Printing, logging and saving them is up to the caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Outputs = Mapping[str, NDArray[np.floating]]


@dataclass(frozen=True)
class Trained:
    """One iteration is done.

    ``loss`` is its own, ``smoothed`` the mean over the last average_loss iterations; ``images`` counts the records that
    it took; ``outputs`` are the train net's, only in iterations that are displayed; ``waited`` counts the seconds for
    which it had to wait for its batches.
    """

    iteration: int
    loss: float
    smoothed: float
    lr: float
    images: int
    displayed: bool
    outputs: Outputs
    waited: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Measure:
    """The mean absolute value of one blob of a layer, after the layer's pass: its data, or its gradient.

    ``backward`` tells which; ``blob`` is the name that Caffe logs.
    """

    backward: bool
    layer: str
    role: Literal["top", "bottom", "param"]
    blob: str
    value: float


@dataclass(frozen=True)
class Norms:
    """The L1 and L2 norms of all parameters of a net, and of all their gradients, over an iteration's passes so far."""

    data_l1: float
    diff_l1: float
    data_l2: float
    diff_l2: float


@dataclass(frozen=True)
class PassMeasured:
    """The pass of a net whose solver's ``debug_info`` is set: its blobs in the order in which Caffe logs them.

    A forward pass has no ``norms``.
    """

    measures: tuple[Measure, ...]
    norms: Norms | None = None


@dataclass(frozen=True)
class UpdateSkipped:
    """The gradients of an iteration overflowed in FP16, and its update was left out.

    Losses are scaled by ``scale`` from now on; ``skipped`` updates were left out so far.
    """

    iteration: int
    scale: float
    skipped: int


@dataclass(frozen=True)
class TestStarted:
    """A test net begins its ``batches``."""

    iteration: int
    net: int
    batches: int


@dataclass(frozen=True)
class TestProgress:
    """A test net has done ``done`` of its batches."""

    net: int
    done: int
    batches: int


@dataclass(frozen=True)
class Tested:
    """A test net is done: means of its outputs over the batches, their loss weights, the mean loss if asked for."""

    iteration: int
    net: int
    outputs: Outputs
    loss_weights: Mapping[str, float]
    loss: float | None


@dataclass(frozen=True)
class RateLowered:
    """The policy "plateau" lowers the rate: ``metric`` has not got better than ``best`` in ``tests`` tests."""

    iteration: int
    lr: float
    metric: str
    best: float
    tests: int


@dataclass(frozen=True)
class SnapshotDue:
    """Now is the time to save the solver's state."""

    iteration: int


@dataclass(frozen=True)
class FinalLoss:
    """The loss of the trained net on one more batch, after the last iteration."""

    iteration: int
    smoothed: float


@dataclass(frozen=True)
class Finished:
    """The run is over; ``early`` if it was asked to stop."""

    iteration: int
    early: bool


Event = (
    Trained
    | PassMeasured
    | UpdateSkipped
    | TestStarted
    | TestProgress
    | Tested
    | RateLowered
    | SnapshotDue
    | FinalLoss
    | Finished
)
