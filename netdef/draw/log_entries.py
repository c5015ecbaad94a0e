"""What a training log says of one moment: of an iteration that was displayed, or of a test."""

from __future__ import annotations

from dataclasses import dataclass, field

Outputs = dict[str, list[float]]
"""Each output of a net with its elements: most have one."""


@dataclass
class TrainEntry:
    """An iteration; None for what the log does not say.

    ``loss`` is the iteration's own, ``smoothed_loss`` the mean over the last average_loss iterations. ``seconds`` count
    from the start of the training, without the time between a run's end and its resumption.
    """

    iteration: int
    seconds: float
    loss: float | None = None
    smoothed_loss: float | None = None
    lr: float | None = None
    outputs: Outputs = field(default_factory=dict)


@dataclass
class TestEntry:
    """A test of one of the solver's test nets, before the iteration; ``seconds`` as in TrainEntry."""

    iteration: int
    seconds: float
    net: int = 0
    outputs: Outputs = field(default_factory=dict)

    def name_of(self, output: str) -> str:
        """Return an output's name that no other test net's output has."""
        return f"{output} (test net {self.net})" if self.net else output


Entry = TrainEntry | TestEntry
