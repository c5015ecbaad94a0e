"""A graph compiled onto torch: one thin module a layer, run in file order.

Modules are numbered, since a layer may have any name (``conv1.1``, ``type``, ``forward``, none at all) and a module may
not; the net keeps the table from layer names to modules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from netdef.devices import compute_exactly
from netdef.errors import UsageError
from netdef.fillers import fill
from netdef.graph.counterparts import counterparts
from netdef.graph.graph import Graph, Node, Parameter, ParameterUse, Value
from netdef.graph.unknown import refuse_unknown
from netdef.layers.base import Context
from netdef.layers.draws import Draws
from netdef.layers.shape import Shape

IMAGE_AXES = 4


@dataclass(frozen=True)
class Pass:
    """What one forward pass gives: the net's outputs, sorted by name, then the kept blobs; and the weighted loss."""

    blobs: dict[str, Tensor]
    loss: Tensor


class LayerModule(nn.Module):
    """One layer with its parameters and state.

    Shared parameters are registered by every layer that uses them: torch knows them as one.
    """

    def __init__(
        self, node: Node, tensors: Mapping[Parameter, Tensor], *, device: torch.device, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self.node = node
        for index, use in enumerate(node.blobs):
            tensor = tensors[use.parameter]
            if isinstance(tensor, nn.Parameter):
                self.register_parameter(f"blob_{index}", tensor)
            else:
                self.register_buffer(f"blob_{index}", tensor)
        for index, spec in enumerate(node.state):
            zeros = torch.zeros(_lengths(spec.shape), device=device, dtype=dtype)
            self.register_buffer(f"state_{index}", zeros, persistent=False)

    @property
    def blobs(self) -> list[Tensor]:
        """The layer's parameters and saved statistics, in Caffe's order."""
        return [self._blob(index, use) for index, use in enumerate(self.node.blobs)]

    def _blob(self, index: int, use: ParameterUse) -> Tensor:
        tensor: Tensor = getattr(self, f"blob_{index}")
        return tensor if use.shape == use.parameter.shape else tensor.reshape(_lengths(use.shape))

    @property
    def state(self) -> list[Tensor]:
        """What the layer carries from pass to pass: saved statistics, then hidden blobs."""
        saved = [blob for blob, use in zip(self.blobs, self.node.blobs, strict=True) if not use.parameter.learned]
        return saved + [getattr(self, f"state_{index}") for index in range(len(self.node.state))]

    @torch.no_grad()
    def carry(self, new: Iterable[Tensor]) -> None:
        """Put new tensors in the place of the state.

        Statistics are written into their memory, which other nets may share, unless the layer is frozen; hidden blobs
        are replaced, since autograd may still need the old ones.
        """
        tensors = iter(new)
        for index, use in enumerate(self.node.blobs):
            if not use.parameter.learned:
                self._keep_statistic(getattr(self, f"blob_{index}"), next(tensors))
        for index, tensor in enumerate(tensors):
            setattr(self, f"state_{index}", tensor.detach())

    def _keep_statistic(self, old: Tensor, new: Tensor) -> None:
        if not self.node.attributes.freeze:
            old.copy_(new)

    def forward(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Run the layer."""
        learned = [blob for blob, use in zip(self.blobs, self.node.blobs, strict=True) if use.parameter.learned]
        return self.node.layer.forward(ctx, learned, *bottoms)


class Net(nn.Module):
    """A net that computes.

    ``seed`` sets the first parameters and all random draws; parameters and statistics of layers that ``share`` has by
    the same name are that net's own tensors (a test net shares those of the train net). On a CPU images and kernels lie
    in memory with their channels last, which convolves and pools faster; to the eye nothing changes.

    Raises: UsageError if a parameter's shape is not known, a layer has other blobs than in the net shared with, or it
    may not run.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
        dtype: torch.dtype = torch.float32,
        share: Net | None = None,
        channels_last: bool = True,
    ) -> None:
        super().__init__()
        self.graph = graph
        self.seed = seed
        self.device = torch.device(device)
        compute_exactly(self.device)
        self.dtype = dtype
        self.channels_last = channels_last and self.device.type == "cpu"
        pairs = counterparts(graph, share.graph) if share else {}
        shared = {mine: share.tensors[its] for mine, its in pairs.items()} if share else {}
        for node in graph.nodes:
            node.layer.check_ready()
        refuse_unknown(graph, shared)
        owners = {use.parameter: node for node in reversed(graph.nodes) for use in node.blobs}
        self.tensors: dict[Parameter, Tensor] = {
            parameter: shared[parameter] if parameter in shared else self._first_values(parameter, owners[parameter])
            for parameter in graph.parameters
        }
        self.layers = nn.ModuleList(
            LayerModule(node, self.tensors, device=self.device, dtype=dtype) for node in graph.nodes
        )
        self._positions = {node.name: node.index for node in reversed(graph.nodes)}
        self._dead_after = _last_uses(graph)

    def _first_values(self, parameter: Parameter, owner: Node) -> Tensor:
        tensor = self._laid_out(torch.zeros(_lengths(parameter.shape), device=self.device, dtype=self.dtype))
        given = owner.layer.first_values(parameter.index)
        if given is not None:
            tensor.copy_(torch.from_numpy(given))
        elif parameter.filler is not None:
            fill(parameter.filler, tensor, (self.seed, owner.key, parameter.index))
        if not parameter.learned:
            return tensor
        return nn.Parameter(tensor, requires_grad=parameter.lr_mult != 0 or self.graph.force_backward)

    def _laid_out(self, tensor: Tensor) -> Tensor:
        if self.channels_last and tensor.dim() == IMAGE_AXES:
            return tensor.contiguous(memory_format=torch.channels_last)
        return tensor

    def blobs_of(self, layer: str) -> list[Tensor]:
        """Return the parameters and saved statistics of the first layer of that name, in Caffe's order.

        Raises: UsageError if there is no such layer.
        """
        if layer not in self._positions:
            raise UsageError(f'net "{self.graph.name}" has no layer "{layer}"')
        module = self.layers[self._positions[layer]]
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

        ``rows`` are the ordinals of the batch's records, which with ``iteration`` key the random draws; the blobs named
        in ``keep`` are returned beside the outputs, in their last version.

        Raises: UsageError for a missing input, or a blob to keep that is none of the net's.
        """
        wanted = dict.fromkeys((*self.graph.outputs, *_last_versions(self.graph, keep)))
        values: dict[Value, Tensor] = {}
        blobs: dict[Value, Tensor] = {}
        # A 16-bit number would swallow small losses beside large ones.
        loss = torch.zeros((), device=self.device, dtype=torch.promote_types(self.dtype, torch.float32))
        carried: list[tuple[LayerModule, Iterable[Tensor]]] = []
        for module in self.layers:
            assert isinstance(module, LayerModule)
            node = module.node
            draws = Draws(self.seed, node.key, iteration, rows)
            ctx = Context(node.layer.train, draws, module.state, device=self.device, dtype=self.dtype)
            tops = self.run(module, ctx, inputs, values)
            for top, weight, tensor in zip(node.tops, node.loss_weights, tops, strict=True):
                values[top] = tensor
                if weight:
                    loss = loss + weight * tensor.sum()
                if top in wanted:
                    blobs[top] = tensor
            if ctx.new_state is not None:
                carried.append((module, ctx.new_state))
            for value in self._dead_after[node.index]:
                del values[value]
        for module, new in carried:
            module.carry(new)
        return Pass({value.name: blobs[value] for value in wanted}, loss)

    def run(
        self, module: LayerModule, ctx: Context, inputs: Mapping[str, Tensor], values: Mapping[Value, Tensor]
    ) -> tuple[Tensor, ...]:
        """Run one layer on what has been computed so far, or take its tops from the inputs."""
        node = module.node
        if node.layer.source:
            return module(ctx, *(self._laid_out(_input(inputs, top.name)) for top in node.tops))  # type: ignore[no-any-return]
        bottoms = (
            values[bottom] if down else values[bottom].detach()
            for bottom, down in zip(node.bottoms, node.propagates, strict=True)
        )
        return module(ctx, *bottoms)  # type: ignore[no-any-return]


def _lengths(shape: Shape) -> tuple[int, ...]:
    """Return a shape of which every length is known."""
    return tuple(length for length in shape if length is not None)


def _input(inputs: Mapping[str, Tensor], name: str) -> Tensor:
    if name not in inputs:
        raise UsageError(f'input blob "{name}" is missing; given: {", ".join(inputs) or "none"}')
    return inputs[name]


def _last_versions(graph: Graph, names: Iterable[str]) -> list[Value]:
    """Return the last version of each named blob.

    Raises: UsageError if the net has no such blob.
    """
    last = {value.name: value for value in graph.values()}
    found = []
    for name in names:
        if name not in last:
            raise UsageError(f'net "{graph.name}" has no blob "{name}"; it has: {", ".join(last)}')
        found.append(last[name])
    return found


def _last_uses(graph: Graph) -> list[list[Value]]:
    """Return for each node the values that nothing after it reads."""
    dead: list[list[Value]] = [[] for _ in graph.nodes]
    for value in graph.values():
        last = max((node.index for node, _ in value.consumers), default=value.producer.index)
        dead[last].append(value)
    return dead
