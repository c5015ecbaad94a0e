"""A graph compiled onto torch: one thin module a layer, run in file order.

Modules are numbered, since a layer may have any name (``conv1.1``, ``type``, ``forward``, none at all) and a module may not; the net
keeps the table from layer names to modules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from netdef.errors import UsageError
from netdef.fillers import fill
from netdef.graph.graph import Graph, Node, Parameter, ParameterUse, Value
from netdef.layers.base import Context
from netdef.layers.draws import Draws
from netdef.layers.shape import Shape, count, show


@dataclass(frozen=True)
class Pass:
    """What one forward pass gives: the net's outputs (and kept blobs) by name, and the weighted loss."""

    blobs: dict[str, Tensor]
    loss: Tensor


class LayerModule(nn.Module):
    """One layer with its parameters and state.

    Shared parameters are registered by every layer that uses them: torch knows them as one.
    """

    def __init__(self, node: Node, tensors: Mapping[Parameter, Tensor], *, device: torch.device, dtype: torch.dtype) -> None:
        super().__init__()
        self.node = node
        for index, use in enumerate(node.blobs):
            tensor = tensors[use.parameter]
            if isinstance(tensor, nn.Parameter):
                self.register_parameter(f"blob_{index}", tensor)
            else:
                self.register_buffer(f"blob_{index}", tensor)
        for index, spec in enumerate(node.state):
            zeros = torch.zeros(known(spec.shape, node.name), device=device, dtype=dtype)
            self.register_buffer(f"state_{index}", zeros, persistent=False)

    @property
    def blobs(self) -> list[Tensor]:
        """The layer's parameters and saved statistics, in Caffe's order."""
        return [self._blob(index, use) for index, use in enumerate(self.node.blobs)]

    def _blob(self, index: int, use: ParameterUse) -> Tensor:
        tensor: Tensor = getattr(self, f"blob_{index}")
        return tensor if use.shape == use.parameter.shape else tensor.reshape(known(use.shape, self.node.name))

    @property
    def state(self) -> list[Tensor]:
        """What the layer carries from pass to pass: saved statistics, then hidden blobs."""
        saved = [blob for blob, use in zip(self.blobs, self.node.blobs, strict=True) if not use.parameter.learned]
        return saved + [getattr(self, f"state_{index}") for index in range(len(self.node.state))]

    @torch.no_grad()
    def carry(self, new: Iterable[Tensor]) -> None:
        """Put new tensors in the place of the state.

        Statistics are written into their memory, which other nets may share; hidden blobs are replaced, since autograd may still
        need the old ones.
        """
        names = [f"blob_{i}" for i, use in enumerate(self.node.blobs) if not use.parameter.learned]
        for name, tensor in zip(names + [f"state_{i}" for i in range(len(self.node.state))], new, strict=True):
            if name.startswith("blob"):
                getattr(self, name).copy_(tensor)
            else:
                setattr(self, name, tensor.detach())

    def forward(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Run the layer."""
        learned = [blob for blob, use in zip(self.blobs, self.node.blobs, strict=True) if use.parameter.learned]
        return self.node.layer.forward(ctx, learned, *bottoms)


class Net(nn.Module):
    """A net that computes.

    ``seed`` sets the first parameters and all random draws; parameters of layers that ``share`` has by the same name are that
    net's own tensors (a test net shares those of the train net).

    Raises: UsageError if a parameter's shape is not known, or differs from that of the net shared with.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        share: Net | None = None,
    ) -> None:
        super().__init__()
        self.graph = graph
        self.seed = seed
        self.device = torch.device(device)
        self.dtype = dtype
        tensors = {parameter: self._tensor(parameter, share) for parameter in graph.parameters}
        self.tensors = tensors
        self.layers = nn.ModuleList(
            LayerModule(node, tensors, device=self.device, dtype=dtype) for node in graph.nodes
        )
        self._by_name = {node.name: module for node, module in zip(reversed(graph.nodes), reversed(self.layers), strict=True)}
        self._dead_after = _last_uses(graph)

    def _tensor(self, parameter: Parameter, share: Net | None) -> Tensor:
        shape = known(parameter.shape, parameter.owner)
        tensor = _shared(parameter, shape, share)
        if tensor is None:
            tensor = torch.zeros(shape, device=self.device, dtype=self.dtype)
            if parameter.filler is not None:
                fill(parameter.filler, tensor, (self.seed, parameter.owner, parameter.index))
        if isinstance(tensor, nn.Parameter) or not parameter.learned:
            return tensor
        return nn.Parameter(tensor, requires_grad=parameter.lr_mult != 0 or self.graph.force_backward)

    def blobs_of(self, layer: str) -> list[Tensor]:
        """Return the parameters and saved statistics of the first layer of that name, in Caffe's order.

        Raises: UsageError if there is no such layer.
        """
        if layer not in self._by_name:
            raise UsageError(f'net "{self.graph.name}" has no layer "{layer}"')
        module = self._by_name[layer]
        assert isinstance(module, LayerModule)
        return module.blobs

    def forward(
        self,
        inputs: Mapping[str, Tensor],
        *,
        rows: Tensor | None = None,
        iteration: int = 0,
        keep: Iterable[str] = (),
    ) -> Pass:
        """Run all layers on ``inputs`` (tensors by blob name), and carry the state on.

        ``rows`` are the ordinals of the batch's records, which with ``iteration`` key the random draws; the blobs named in ``keep``
        are returned beside the outputs, in their last version.

        Raises: UsageError for a missing input.
        """
        wanted = set(self.graph.outputs) | _last_versions(self.graph, keep)
        values: dict[Value, Tensor] = {}
        blobs: dict[str, Tensor] = {}
        loss = torch.zeros((), device=self.device, dtype=self.dtype)
        carried: list[tuple[LayerModule, Iterable[Tensor]]] = []
        for module in self.layers:
            assert isinstance(module, LayerModule)
            node = module.node
            draws = Draws(self.seed, node.name, iteration, rows)
            ctx = Context(node.layer.train, draws, module.state)
            tops = self.run(module, ctx, inputs, values)
            for top, weight, tensor in zip(node.tops, node.loss_weights, tops, strict=True):
                values[top] = tensor
                if weight:
                    loss = loss + weight * tensor.sum()
                if top in wanted:
                    blobs[top.name] = tensor
            if ctx.new_state is not None and not node.attributes.freeze:
                carried.append((module, ctx.new_state))
            for value in self._dead_after[node.index]:
                del values[value]
        for module, new in carried:
            module.carry(new)
        return Pass(blobs, loss)

    def run(
        self, module: LayerModule, ctx: Context, inputs: Mapping[str, Tensor], values: Mapping[Value, Tensor]
    ) -> tuple[Tensor, ...]:
        """Run one layer on what has been computed so far, or take its tops from the inputs."""
        node = module.node
        if node.layer.source:
            return module(ctx, *(_input(inputs, top.name) for top in node.tops))  # type: ignore[no-any-return]
        bottoms = (
            values[bottom] if down else values[bottom].detach()
            for bottom, down in zip(node.bottoms, node.propagates, strict=True)
        )
        return module(ctx, *bottoms)  # type: ignore[no-any-return]


def known(shape: Shape, layer: str) -> tuple[int, ...]:
    """Return a shape of which every length is known.

    Raises: UsageError.
    """
    if count(shape) is None:
        raise UsageError(
            f'layer "{layer}": the shape of its parameters, {show(shape)}, is not known: the net\'s database is missing, '
            "and its data layer has no record_shape"
        )
    return tuple(length for length in shape if length is not None)


def _shared(parameter: Parameter, shape: tuple[int, ...], share: Net | None) -> Tensor | None:
    """Return the tensor that another net has for the parameter's layer and position, if it has that layer."""
    if share is None or parameter.owner not in share._by_name:
        return None
    blobs = share.blobs_of(parameter.owner)
    if parameter.index >= len(blobs) or tuple(blobs[parameter.index].shape) != shape:
        found = [tuple(blob.shape) for blob in blobs]
        raise UsageError(f'layer "{parameter.owner}" has blobs {found} in the other net, must have {shape} at {parameter.index}')
    return blobs[parameter.index]


def _input(inputs: Mapping[str, Tensor], name: str) -> Tensor:
    if name not in inputs:
        raise UsageError(f'input blob "{name}" is missing; given: {", ".join(inputs) or "none"}')
    return inputs[name]


def _last_versions(graph: Graph, names: Iterable[str]) -> set[Value]:
    """Return the last version of each named blob.

    Raises: UsageError if the net has no such blob.
    """
    last = {value.name: value for value in graph.values()}
    names = list(names)
    for name in names:
        if name not in last:
            raise UsageError(f'net "{graph.name}" has no blob "{name}"; it has: {", ".join(last)}')
    return {last[name] for name in names}


def _last_uses(graph: Graph) -> list[list[Value]]:
    """Return for each node the values that nothing after it reads."""
    dead: list[list[Value]] = [[] for _ in graph.nodes]
    for value in graph.values():
        last = max((node.index for node, _ in value.consumers), default=value.producer.index)
        dead[last].append(value)
    return dead
