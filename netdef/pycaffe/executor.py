"""A net run as Caffe runs it: layer by layer, over blobs that stay.

Every blob has one buffer for its values and one for its gradients, as Caffe's have; a blob with several readers has
Caffe's Split behind it. A forward run overwrites values and a backward run gradients, of the layers that take part;
gradients of parameters add up until they are cleared.
"""

from __future__ import annotations

from collections.abc import Callable

from netdef.blob import Blob
from netdef.graph.splits import SplitLayer
from netdef.pycaffe.run import Run
from netdef.pycaffe.steps import Step

Listener = Callable[[int], object]


class Executor:
    """Runs steps in order, or from the last to the first, and tells listeners of the number of each.

    ``layers`` says of each step how it is called and wired; ``blobs`` holds the blobs in the order of their making, by
    name; a name may come twice (tops without one do).
    """

    def __init__(self, layers: list[SplitLayer], steps: list[Step], blobs: list[tuple[str, Blob]]) -> None:
        self.layers = layers
        self.steps = steps
        self.blobs = blobs
        self.before_forward: list[Listener] = []
        self.after_forward: list[Listener] = []
        self.before_backward: list[Listener] = []
        self.after_backward: list[Listener] = []
        self._last = Run()

    def forward(self, run: Run, start: int = 0, end: int | None = None) -> float:
        """Run the steps from ``start`` to ``end``, both included, and return their loss."""
        self._last = run
        loss = 0.0
        for number in range(start, len(self.steps) if end is None else end + 1):
            _tell(self.before_forward, number)
            self.steps[number].forward(run)
            loss += self.steps[number].loss(run.device)
            _tell(self.after_forward, number)
        return loss

    def backward(self, start: int | None = None, end: int = 0) -> None:
        """Run the steps backwards from ``start`` to ``end``, both included, as they ran forward last."""
        first = len(self.steps) - 1 if start is None else start
        for number in range(first, end - 1, -1):
            _tell(self.before_backward, number)
            self.steps[number].backward(self._last)
            _tell(self.after_backward, number)

    def reshape(self) -> None:
        """Carry the shapes of the inputs through the net."""
        for step in self.steps:
            step.reshape()


def _tell(listeners: list[Listener], number: int) -> None:
    for listener in listeners:
        listener(number)
