"""Placement: which device computes what of each layer, and what has to be copied between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netdef.errors import DefinitionError, LayerError, Problem
from netdef.graph.gradients import weighted
from netdef.graph.graph import Graph, Node, Parameter
from netdef.graph.logical import logical_devices
from netdef.graph.plan import Compute, Content, Copy, Loss, Piece, Plan, Step, Take
from netdef.graph.problems import title
from netdef.graph.ranges import common, covers
from netdef.layers.base import Part
from netdef.layers.channels import Range

Pieces = tuple[Piece, ...]
Held = Mapping[Parameter, Pieces]


def place(graph: Graph, real: Mapping[str, str] | None = None, *, held: Held | None = None) -> Plan:
    """Decide where each layer of a graph runs.

    ``real`` tells for each logical device which one it is; without it each stands for itself. Parts of a layer that
    meet on one device are one part. ``held`` says where parameters lie that are there already.

    Raises: DefinitionError for layers that cannot be split as the file says.
    """
    names = real or {device: device for device in logical_devices(graph)}
    placing = _Placing(graph, names, held or {})
    for node in graph.nodes:
        placing.add(node)
    if placing.problems:
        raise DefinitionError(placing.problems)
    return placing.plan()


class _Placing:
    """One placement of one graph."""

    def __init__(self, graph: Graph, names: Mapping[str, str], held: Held) -> None:
        self.graph = graph
        self.names = names
        self.given = held
        self.problems: list[Problem] = []
        self.steps: list[Step] = []
        self.written: dict[Content, Pieces] = {}  # where it was made
        self.present: dict[Content, list[Piece]] = {}  # where it lies, copies included
        self.held: dict[Parameter, Pieces] = {}

    def add(self, node: Node) -> None:
        """Place one layer on the devices that it names, else on those of its first bottom."""
        devices, parts = self._parts(node)
        for use in dict.fromkeys(use.parameter for use in node.blobs):
            if use not in self.held:
                self._hold(node, use, devices, parts)
        if self._clashes(node, devices, parts):
            devices, parts = devices[:1], [_whole(node)]  # so that the layers above can be looked at
        tops: list[Pieces] = []
        for index, (device, part) in enumerate(zip(devices, parts, strict=True)):
            bottoms = tuple(self._take(b, r, device) for b, r in zip(node.bottoms, part.bottoms, strict=True))
            blobs = tuple(self._take(u.parameter, r, device) for u, r in zip(node.blobs, part.blobs, strict=True))
            tops.append(tuple(Piece(v, r, device) for v, r in zip(node.tops, part.tops, strict=True)))
            self.steps.append(
                Compute(node, part.layer, index, len(parts), device, bottoms, blobs, tops[-1], part.margin)
            )
        for top, pieces in zip(node.tops, zip(*tops, strict=True), strict=True):
            self._write(top, pieces)

    def _parts(self, node: Node) -> tuple[list[str], Sequence[Part]]:
        named = list(dict.fromkeys(self.names[device] for device in node.attributes.devices))
        devices = named or self._inherited(node)
        parts = self._split(node, devices, report=bool(named)) if len(devices) > 1 else None
        return (devices, parts) if parts else (devices[:1], [_whole(node)])

    def _inherited(self, node: Node) -> list[str]:
        if node.bottoms:
            return [piece.device for piece in self.written[node.bottoms[0]]]
        return [next(iter(self.names.values()))]

    def _split(self, node: Node, devices: Sequence[str], *, report: bool) -> Sequence[Part] | None:
        shapes = [bottom.shape for bottom in node.bottoms if bottom.shape is not None]
        reshaped = any(use.shape != use.parameter.shape for use in node.blobs)  # ranges would be others in each shape
        if not shapes or len(shapes) < len(node.bottoms) or reshaped:
            return None
        try:
            return node.layer.split(len(devices), *shapes)
        except LayerError as error:
            if report:
                self.problems.append(_unsplittable(node, devices, error))
            return None

    def _hold(self, node: Node, parameter: Parameter, devices: Sequence[str], parts: Sequence[Part]) -> None:
        """Lay a parameter where its first layer has it; what all parts learn from is kept by the first."""
        index = next(i for i, use in enumerate(node.blobs) if use.parameter is parameter)
        ranges = [part.blobs[index] for part in parts]
        pieces = tuple(Piece(parameter, own, device) for own, device in zip(ranges, devices, strict=True))
        if parameter.learned and ranges[0] is None:
            pieces = pieces[:1]
        self.held[parameter] = self.given.get(parameter, pieces)
        self._write(parameter, self.held[parameter])

    def _clashes(self, node: Node, devices: Sequence[str], parts: Sequence[Part]) -> bool:
        """Report blobs shared with a layer that lies otherwise: cut along another axis, or kept up to date there."""
        for index, use in enumerate(node.blobs):
            lies = {(piece.device, piece.range) for piece in self.held[use.parameter]}
            wanted = {(device, part.blobs[index]) for device, part in zip(devices, parts, strict=True)}
            axes = {own.axis for _, own in lies | wanted if own is not None}
            if len(axes) > 1:
                hint = "give one of the two layers a single device"
                self.problems.append(_clash(node, index, "is split along another axis there", hint))
                return True
            if not use.parameter.learned and lies != wanted:
                hint = "give both the same devices: running statistics are kept where their layer runs"
                self.problems.append(_clash(node, index, "lies on other devices there", hint))
                return True
        return False

    def _write(self, content: Content, pieces: Pieces) -> None:
        self.written[content] = pieces
        self.present[content] = list(pieces)

    def _take(self, content: Content, wanted: Range | None, device: str) -> tuple[Take, ...]:
        """Return what to read for a range on a device, having copied there what was not there."""
        here = (piece for piece in self.present[content] if piece.device == device and covers(piece.range, wanted))
        if found := next(here, None):
            return (Take(found, wanted),)
        ranges: dict[Range | None, Piece] = {}
        for piece in self.written[content]:
            known = ranges.setdefault(piece.range, piece)
            if piece.device == device and known.device != device:
                ranges[piece.range] = piece
        takes = (self._fetch(piece, common(wanted, own), device) for own, piece in ranges.items())
        return tuple(take for take in takes if take)

    def _fetch(self, piece: Piece, wanted: Range | None, device: str) -> Take | None:
        if wanted is not None and not len(wanted):
            return None
        for there in self.present[piece.content]:
            if there.device == device and covers(there.range, wanted):
                return Take(there, wanted)
        made = Piece(piece.content, wanted, device)
        self.present[piece.content].append(made)
        self.steps.append(Copy(Take(piece, wanted), made))
        return Take(made, wanted)

    def plan(self) -> Plan:
        """Return the plan: outputs gathered, losses brought home, copies begun as early as can be."""
        counted = list(weighted(self.graph.nodes))
        last = [*self.graph.outputs, *(top for top, _, _ in counted)][-1:]
        home = self.written[last[0]][0].device if last else next(iter(self.names.values()))
        outputs = tuple((v, self._take(v, None, self.written[v][0].device)) for v in self.graph.outputs)
        losses = tuple(Loss(weight, self._take(top, None, home), only) for top, weight, only in counted)
        devices = tuple(dict.fromkeys(self.names.values()))
        return Plan(self.graph, devices, tuple(_early(self.steps)), self.held, outputs, losses, home)


def _unsplittable(node: Node, devices: Sequence[str], error: LayerError) -> Problem:
    """Tell at the place that names a layer's devices why it cannot be split over them."""
    own = node.attributes.devices
    evidence, hint = error.evidence, error.hint
    if not node.layer.message.device and node.place:
        evidence = (*evidence, f"the layer stands at {node.place}")
    if len(devices) < len(own):
        evidence = (*evidence, f"its devices {', '.join(own)} are folded onto {', '.join(devices)}")
        hint = f"give {len(own)} devices, or one"
    return Problem(f"{title(node.layer.message)}: {error.message}", node.device_place or node.place, hint, evidence)


def _clash(node: Node, index: int, how: str, hint: str) -> Problem:
    parameter = node.blobs[index].parameter
    owner = f'layer "{parameter.owner}"' if parameter.owner != node.name else "the net whose weights it takes"
    message = f"{title(node.layer.message)}: shares blob {index} with {owner}, but it {how}"
    return Problem(message, node.device_place or node.place, hint)


def _whole(node: Node) -> Part:
    none = (None,)
    return Part(node.layer, none * len(node.bottoms), none * len(node.blobs), none * len(node.tops))


def _early(steps: Sequence[Step]) -> list[Step]:
    """Move each copy to just behind the step that makes what it copies, so that it runs beside what comes next."""
    copies: dict[Piece, list[Step]] = {}
    for step in steps:
        if isinstance(step, Copy):
            copies.setdefault(step.taken.piece, []).append(step)
    made = [copies.pop(top, []) for step in steps if isinstance(step, Compute) for top in step.tops]
    behind = iter(made)
    ordered: list[Step] = [copy for group in copies.values() for copy in group]  # of parameters, which are there first
    for step in steps:
        if isinstance(step, Compute):
            ordered += [step, *(copy for _ in step.tops for copy in next(behind))]
    return ordered
