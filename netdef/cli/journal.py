"""``log.jsonl``: what happened in a run, one JSON object a line, for programs to read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from time import time
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from netdef.solver.events import Event, FinalLoss, Finished, Outputs, RateLowered, Tested, Trained, UpdateSkipped


class Journal:
    """Appends events to a file, each line whole before the next begins.

    ``seconds`` in each line counts from the start of the run; ``waited`` are the seconds that training has waited for
    data since the ``train`` line before. The outputs of a net are keys like the event's own, which
    win where an output has the same name.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _drop_torn_line(path)
        self.file = path.open("a", encoding="utf-8", buffering=1)
        self.start = time()
        self.waited = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.file.close()

    def take(self, event: Event) -> None:
        """Write an event down, if its kind is kept."""
        match event:
            case Trained():
                self._take_trained(event)
            case UpdateSkipped():
                self.write("skipped", iteration=event.iteration, loss_scale=event.scale, skipped=event.skipped)
            case Tested():
                total = {} if event.loss is None else {"total_loss": np.asarray(event.loss)}
                own = {"iteration": event.iteration, "net": event.net}
                self.write("test", **{**plain({**event.outputs, **total}), **own})
            case RateLowered():
                reason = {"metric": event.metric, "best": event.best, "tests": event.tests}
                self.write("rate", iteration=event.iteration, lr=event.lr, **reason)
            case FinalLoss():
                self.write("final", iteration=event.iteration, smoothed_loss=event.smoothed)
            case Finished():
                self.write("finished", iteration=event.iteration, early=event.early)

    def _take_trained(self, event: Trained) -> None:
        self.waited += event.waited
        if event.displayed:
            own = {"loss": event.loss, "smoothed_loss": event.smoothed, "lr": event.lr}
            own["waited"] = round(self.waited, 3)
            self.write("train", **{**plain(event.outputs), "iteration": event.iteration, **own})
            self.waited = 0.0

    def write(self, event: str, /, **fields: Any) -> None:
        """Write one line."""
        line = {"event": event} | fields | {"event": event, "seconds": round(time() - self.start, 3)}
        self.file.write(json.dumps(line) + "\n")


def _drop_torn_line(path: Path) -> None:
    """Cut off what a killed run left of its last line."""
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(path, whole)


def plain(outputs: Outputs) -> Mapping[str, Any]:
    """Turn arrays into numbers and lists; what is no finite number becomes null."""
    return {name: _plain(values) for name, values in outputs.items()}


def _plain(values: NDArray[np.floating]) -> Any:
    numbers = np.array(values, object)
    numbers[~np.isfinite(values)] = None  # JSON has no NaN
    return numbers.item() if values.size == 1 else numbers.tolist()
