"""Build the graph of one phase from a net's message: choose layers, wire, shape and count them.

Everything wrong is gathered and reported at once; a layer that breaks a rule gives tops of unknown shape, so that the
layers above it are still checked for what is certainly wrong with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from netdef.errors import DataError, DefinitionError, LayerError, OptionError, WiringError
from netdef.graph.gradients import settle_gradients
from netdef.graph.graph import Attributes, Graph, Node, Value
from netdef.graph.groups import attributes, check_devices, device_path, repeated
from netdef.graph.missing import way_to
from netdef.graph.problems import Locate, Problems, nowhere
from netdef.graph.remarks import warn_of_gradients, warn_of_values
from netdef.graph.rules import included
from netdef.graph.sharing import ParameterTable
from netdef.graph.splits import is_read_as_loss
from netdef.layers.base import Layer
from netdef.layers.files import FindFile, finding_files
from netdef.layers.register import make_layer
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema

RecordShapes = Callable[[schema.LayerParameter], Sequence[Shape] | None]
AUTOMATIC = "(automatic)"


def no_records(layer: schema.LayerParameter) -> None:
    """Know nothing of any source's records."""


def build(
    net: schema.NetParameter,
    state: schema.NetState,
    *,
    record_shapes: RecordShapes = no_records,
    locate: Locate = nowhere,
    find_file: FindFile = Path,
) -> Graph:
    """Build the graph of ``net`` in ``state`` (phase, level, stages).

    ``record_shapes`` is asked what the records of a source layer look like; ``locate`` where a field stands in its
    file; ``find_file`` where a file is that a layer's options name.

    Raises: DefinitionError with all problems.
    """
    graph, problems = examine(net, state, record_shapes=record_shapes, locate=locate, find_file=find_file)
    if problems.errors:
        raise DefinitionError(problems.errors)
    return graph


def examine(
    net: schema.NetParameter,
    state: schema.NetState,
    *,
    record_shapes: RecordShapes = no_records,
    locate: Locate = nowhere,
    find_file: FindFile = Path,
) -> tuple[Graph, Problems]:
    """Build as far as the net allows, and return the problems beside the graph."""
    builder = _Builder(net, state, record_shapes, Problems(locate))
    with finding_files(find_file):
        return builder.graph(), builder.problems


class _Builder:
    """One building of one net."""

    def __init__(
        self, net: schema.NetParameter, state: schema.NetState, record_shapes: RecordShapes, problems: Problems
    ) -> None:
        self.net = net
        self.state = state
        self.record_shapes = record_shapes
        self.problems = problems
        self.groups = {group.name: group for group in net.layer_group}
        self.group_places = {group.name: index for index, group in enumerate(net.layer_group)}
        self.namesakes: Counter[str] = Counter()
        self.table = ParameterTable()
        self.nodes: list[Node] = []
        self.latest: dict[str, Value] = {}
        self.unconsumed: dict[str, Value] = {}

    def graph(self) -> Graph:
        self._check_groups()
        for position, message in enumerate(self.net.layer):
            self._check_rules(position, message)
            if included(message, self.state):
                self._add(position, message)
        settle_gradients(self.nodes, force=self.net.force_backward)
        warn_of_values(self.nodes, self.problems)
        warn_of_gradients(self.nodes, self.state, self.problems)
        return Graph(
            name=self.net.name,
            state=self.state,
            nodes=self.nodes,
            parameters=self.table.parameters,
            outputs=self._outputs(),
            force_backward=self.net.force_backward,
            debug_info=self.net.debug_info,
            warnings=tuple(self.problems.warnings),
        )

    def _outputs(self) -> tuple[Value, ...]:
        losses = {name: value for name, value in self.latest.items() if is_read_as_loss(value)}
        return tuple(value for _, value in sorted({**self.unconsumed, **losses}.items()))

    def _check_groups(self) -> None:
        for index in repeated(self.net.layer_group):
            message = f'layer_group "{self.net.layer_group[index].name}" is defined already'
            self.problems.add(("layer_group", index), message, hint="put everything that it says into one block")
        for index, group in enumerate(self.net.layer_group):
            try:
                check_devices(group.device)
            except OptionError as error:
                path = ("layer_group", index, *error.path)
                self.problems.add(path, f'layer_group "{group.name}": {error.message}', error.hint)

    def _check_rules(self, position: int, message: schema.LayerParameter) -> None:
        if message.include and message.exclude:
            error = WiringError("has include and exclude rules, must have one kind or the other", path=("exclude", 0))
            self.problems.layer(position, message, error)

    def _add(self, position: int, message: schema.LayerParameter) -> None:
        """Add one layer; what it breaks becomes a problem, and its tops exist all the same."""
        phase = message.phase if message.HasField("phase") else self.state.phase
        try:
            layer = make_layer(message, phase)
        except LayerError as error:
            self.problems.layer(position, message, error)
            layer = _Unreadable(message, phase)
        place = self.problems.locate(("layer", position))
        node = Node(len(self.nodes), position, layer, place, Attributes(), namesakes=self.namesakes[message.name])
        self.nodes.append(node)
        self.namesakes[message.name] += 1
        self._try(node, lambda: layer.check_wiring(message.bottom, message.top))
        self._try(node, lambda: self._set_attributes(node))
        self._connect_bottoms(node)
        self._try(node, lambda: _check_propagation(message))
        self._try(node, lambda: self._set_loss_weights(node))
        shapes = self._shape(node)
        self._connect_tops(node, shapes)

    def _try(self, node: Node, step: Callable[[], None]) -> None:
        try:
            step()
        except LayerError as error:
            self.problems.layer(node.position, node.layer.message, error)
        except DataError as error:
            self.problems.data(node.position, node.layer.message, error)

    def _set_attributes(self, node: Node) -> None:
        message = node.layer.message
        node.attributes = attributes(message, self.groups)
        if node.attributes.devices:
            path = device_path(message, node.position, self.net.layer_group, self.group_places)
            node.device_place = self.problems.locate(path)

    def _connect_bottoms(self, node: Node) -> None:
        bottoms = []
        for index, name in enumerate(node.layer.message.bottom):
            value = self.latest.get(name)
            if value is None:
                self.problems.layer(node.position, node.layer.message, self._unknown_bottom(node, index, name))
                value = Value(name, 0, None, node, index)
            bottoms.append(value)
            value.consumers.append((node, index))
            self.unconsumed.pop(name, None)
        node.bottoms = tuple(bottoms)

    def _unknown_bottom(self, node: Node, index: int, name: str) -> WiringError:
        message = f'bottom "{name}" is made by no layer before it'
        way = way_to(name, node.position, self.net, self.state, self.latest, self.problems.locate)
        return WiringError(message, path=("bottom", index), hint=way)

    def _set_loss_weights(self, node: Node) -> None:
        message, tops = node.layer.message, self._top_count(node)
        node.loss_weights = tuple(map(node.layer.default_loss_weight, range(tops)))
        if isinstance(node.layer, _Unreadable):  # which may be one that makes its tops itself
            return
        _check_once_for_each(message.loss_weight, "loss_weight", tops, "top")
        if message.loss_weight:
            node.loss_weights = tuple(message.loss_weight)

    def _top_count(self, node: Node) -> int:
        return max(len(node.layer.message.top), node.layer.tops.least if node.layer.automatic_tops else 0)

    def _shape(self, node: Node) -> tuple[Shape, ...] | None:
        """Return the shapes of the tops, or None if not even their numbers of axes are known."""
        shapes: list[tuple[Shape, ...]] = []

        def follow_the_rules() -> None:
            bottoms = self._bottom_shapes(node)
            if bottoms is None:
                return
            shapes.append(node.layer.shapes(*bottoms))
            node.blobs = self.table.add(node.layer, bottoms, node.attributes)
            node.state = tuple(spec for spec in node.layer.state(*bottoms) if not spec.saved)
            node.cost = node.layer.cost(*bottoms)

        self._try(node, follow_the_rules)
        return shapes[0] if shapes else None

    def _bottom_shapes(self, node: Node) -> tuple[Shape, ...] | None:
        """Return the shapes that the layer's rules need, or None where they cannot be asked."""
        layer = node.layer
        if isinstance(layer, _Unreadable) or len(node.bottoms) not in layer.bottoms:
            return None
        if layer.source:
            return tuple(self.record_shapes(layer.message) or ())
        shapes = tuple(bottom.shape for bottom in node.bottoms if bottom.shape is not None)
        return shapes if len(shapes) == len(node.bottoms) else None

    def _connect_tops(self, node: Node, shapes: tuple[Shape, ...] | None) -> None:
        names = list(node.layer.message.top)
        names += [AUTOMATIC] * (self._top_count(node) - len(names))
        node.tops = tuple(
            self._connect_top(node, index, name, shapes[index] if shapes and index < len(shapes) else None)
            for index, name in enumerate(names)
        )

    def _connect_top(self, node: Node, index: int, name: str, shape: Shape | None) -> Value:
        before = self.latest.get(name)
        bottoms = node.layer.message.bottom
        in_place = index < len(bottoms) and bottoms[index] == name
        if before is not None and not in_place:
            self.problems.layer(node.position, node.layer.message, _doubled_top(before, index))
        value = Value(name, before.version + 1 if before else 0, shape, node, index)
        if name != AUTOMATIC:
            self.latest[name] = self.unconsumed[name] = value
        return value


def _check_propagation(message: schema.LayerParameter) -> None:
    _check_once_for_each(message.propagate_down, "propagate_down", len(message.bottom), "bottom")


def _check_once_for_each(values: Sequence[object], field: str, number: int, what: str) -> None:
    if values and len(values) != number:
        message = f"gives {field} {len(values)} times, must give it never or once for each {what} ({number})"
        raise WiringError(message, path=(field, 0))


def _doubled_top(before: Value, index: int) -> WiringError:
    producer = before.producer
    where = f" (line {producer.place.outermost.line})" if producer.place else ""
    return WiringError(
        f'top "{before.name}" is made already by layer "{producer.name}"{where}',
        path=("top", index),
        hint="give it another name; to work in place, name the same blob as bottom and top at the same position",
    )


class _Unreadable(Layer):
    """Stands for a layer whose message broke a rule: it takes and makes whatever the file says."""

    type = "?"

    def check_wiring(self, bottoms: Sequence[str], tops: Sequence[str]) -> None:
        """Check nothing."""
