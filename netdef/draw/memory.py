"""How much memory an iteration of training needs at its peak: the passes are gone through in numbers alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from netdef.draw.joined_memory import Joined
from netdef.draw.kept import Held, UnknownSize, numbers, rule, size
from netdef.graph.graph import Graph, Node, Parameter, Value
from netdef.graph.plan import Compute, Plan
from netdef.graph.recomputed import read_from_outside, stretches
from netdef.layers.base import FLOAT_BYTES
from netdef.layers.shape import count


class Memory(TypedDict):
    """Bytes of an iteration of training, on all devices together, by one process, in float32.

    ``parameters`` has the statistics too; ``histories`` is for a solver with one a blob (SGD). ``activations`` is what
    is kept from the forward for the backward pass. ``peak`` is the most that is there at one time: with blobs,
    gradients of blobs, and what layers need while they run, without batches that are made ahead.
    """

    parameters: int
    gradients: int
    histories: int
    activations: int
    peak: int


def training_memory(plan: Plan) -> Memory | None:
    """Predict the memory of training; None for another phase, or where a shape is not known."""
    if not plan.graph.train:
        return None
    try:
        return _Iteration(plan).memory()
    except UnknownSize:
        return None


class _Ledger:
    """What is held at a time, by how many, and the most that ever was."""

    def __init__(self) -> None:
        self.total = self.peak = 0
        self._holders: dict[object, list[int]] = {}

    def hold(self, what: object, size: int) -> None:
        holders = self._holders.setdefault(what, [])
        if not holders:
            self.total += size
            self.peak = max(self.peak, self.total)
        holders.append(size)

    def release(self, what: object) -> None:
        holders = self._holders.get(what, [])
        if holders:
            last = holders.pop()
            self.total -= 0 if holders else last


class _Iteration:
    """One forward and backward pass, and the update."""

    def __init__(self, plan: Plan) -> None:
        self.graph: Graph = plan.graph
        self.ledger = _Ledger()
        self.joined = Joined(plan)
        self.gradients: dict[Value, object] = {}
        steps = plan.steps
        self.stretches: list[tuple[bool, list[Node]]] = []
        self.read: dict[int, list[Held]] = {}
        for recomputed, indices in stretches(steps, range(len(steps))):
            own = [step for step in (steps[index] for index in indices) if isinstance(step, Compute)]
            if recomputed:
                values = [piece.content for piece in read_from_outside(own)]
                self.read[len(self.stretches)] = [
                    (self.joined.storage(value), size(value)) for value in values if isinstance(value, Value)
                ]
            self.stretches.append((recomputed, list(dict.fromkeys(step.node for step in own))))

    def memory(self) -> Memory:
        parameters = sum(map(_bytes, self.graph.parameters))
        self.ledger.hold("fixed", 2 * parameters)  # the history is there before the first iteration ends
        self._forward()
        activations = self.ledger.total - 2 * parameters
        self._backward()
        gradients = sum(_bytes(parameter) for parameter in self.graph.parameters if _moves(parameter))
        return Memory(
            parameters=parameters,
            gradients=gradients,
            histories=parameters,
            activations=activations,
            peak=max(self.ledger.peak, 2 * parameters + gradients),
        )

    def _forward(self) -> None:
        last_reader = {value: node for node in self.graph.nodes for value in (*node.tops, *node.bottoms)}
        for index, (recomputed, nodes) in enumerate(self.stretches):
            self._hold_all(self.read.get(index, ()))
            for node in nodes:
                self._hold_all(self.joined.made(node))
                if node.backward and not recomputed:
                    self._hold_all(self.joined.kept(node))
                for value in dict.fromkeys((*node.bottoms, *node.tops)):
                    if last_reader[value] is node and value not in self.graph.outputs:
                        self.ledger.release(self.joined.storage(value))

    def _backward(self) -> None:
        for index, (recomputed, nodes) in reversed(list(enumerate(self.stretches))):
            own = [node for node in nodes if node.backward]
            if recomputed:
                self._hold_all(held for node in own for held in self.joined.kept(node))
            for node in reversed(own):
                self._back(node)
            for what, _ in self.read.get(index, ()):
                self.ledger.release(what)

    def _back(self, node: Node) -> None:
        scratch = rule(node).scratch * numbers(node.bottoms[0]) if node.bottoms else 0
        self.ledger.hold("scratch", scratch)
        for bottom in dict.fromkeys(_wanting(node)):
            self._hold_gradient(node, bottom)
        for parameter in dict.fromkeys(use.parameter for use in node.blobs if _moves(use.parameter)):
            self.ledger.hold(("gradient", parameter), _bytes(parameter))
        self.ledger.release("scratch")
        for what, _ in self.joined.kept(node):
            self.ledger.release(what)
        for top in node.tops:
            self.ledger.release(self.gradients.pop(top, None))

    def _hold_gradient(self, node: Node, bottom: Value) -> None:
        """Hold the gradient of a bottom, which may be the top's; one that comes second is added to the first."""
        if bottom in self.gradients:
            self.ledger.hold("second", size(bottom))
            self.ledger.release("second")
        elif self.joined.shares_gradient(node) and node.tops[0] in self.gradients:
            self.gradients[bottom] = self.gradients[node.tops[0]]
            self.ledger.hold(self.gradients[bottom], 0)
        else:
            self.gradients[bottom] = ("gradient", bottom)
            self.ledger.hold(self.gradients[bottom], size(bottom))

    def _hold_all(self, what: Iterable[tuple[object, int]]) -> None:
        for each, size_of_it in what:
            self.ledger.hold(each, size_of_it)


def _wanting(node: Node) -> list[Value]:
    pairs = zip(node.bottoms, node.propagates, strict=True)
    return [bottom for bottom, goes_down in pairs if goes_down and bottom.producer.backward]


def _moves(parameter: Parameter) -> bool:
    return parameter.learned and parameter.lr_mult != 0


def _bytes(parameter: Parameter) -> int:
    found = count(parameter.shape)
    if found is None:
        raise UnknownSize
    return FLOAT_BYTES * found
