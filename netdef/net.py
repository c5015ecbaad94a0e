"""A graph placed on devices and compiled onto torch: one thin module a step, run in the plan's order.

Modules are numbered, since a layer may have any name (``conv1.1``, ``type``, ``forward``, none at all) and a module may
not; the net keeps the table from layer names to modules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from netdef.devices import compute_exactly
from netdef.errors import UsageError
from netdef.graph.counterparts import counterparts
from netdef.graph.graph import Graph, Parameter, Value
from netdef.graph.logical import logical_devices, real_devices
from netdef.graph.pipeline import pipeline
from netdef.graph.place import place
from netdef.graph.place_over_workers import WORKERS_DEVICES, asks_for_workers, place_over_workers
from netdef.graph.plan import Compute, Piece, Plan
from netdef.graph.unknown import refuse_unknown
from netdef.module.exchanger import Exchanger
from netdef.module.first_values import first_tensors
from netdef.module.given_blobs import GivenBlobs
from netdef.module.holdings import Holdings
from netdef.module.layer_module import LayerModule, as_used
from netdef.module.passing import Batch, Passing
from netdef.module.pieces import Pieces
from netdef.module.programs import Program, Programs, is_traced
from netdef.module.total_loss import total_loss
from netdef.module.transfer import Transfers
from netdef.module.values import Values
from netdef.module.way import Pass as Pass
from netdef.module.way import Way, along


class Net(nn.Module):
    """A net that computes.

    ``seed`` sets the first parameters and all random draws; parameters and statistics of layers that ``share`` has by
    the same name are that net's own tensors (a test net shares those of the train net). All layers run on ``device``,
    unless ``devices`` name those that the file's logical ones are, in order (modulo their number). With
    ``micro_batches`` layers on different devices work at the same time, each on another part of the batch. On a CPU
    images and kernels lie in memory with their channels last, which convolves and pools faster; to the eye nothing
    changes. For parameters that are ``given`` nothing is drawn.

    On one device Scale is a part of the BatchNorm before it, sums and ReLUs are written over what they read, and maxima
    are rectified rather than what they are taken of. On a CPU, in phase TEST, passes without gradients run a
    convolution or inner product and the BatchNorm, Scale, Bias, sum and ReLU behind it as one. A hook, or ``keep``,
    gets what lies between all the same; ``fuse`` may be set to False. Where ``weights_stay`` what these multiply by is
    made once, and again only after writes that torch counts: not those through ``.data`` or numpy.

    Raises: UsageError if a parameter's shape is not known, a layer has other blobs than in the net shared with, or it
    may not run; DefinitionError if a layer cannot be split over its devices; DeviceError for too many of them.
    """

    def __init__(
        self,
        graph: Graph,
        *,
        seed: int = 0,
        device: torch.device | str = "cpu",
        devices: Sequence[str] = (),
        dtype: torch.dtype = torch.float32,
        share: Net | None = None,
        micro_batches: int = 1,
        exchanger: Exchanger | None = None,
        weights_stay: bool = False,
        channels_last: bool = True,
        given: Mapping[Parameter, NDArray[Any]] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self.graph = graph
        self.seed = seed
        self.dtype = dtype
        self.channels_last = channels_last
        self.fuse = True
        self.ways: tuple[Way, ...] = ()
        for node in graph.nodes:
            node.layer.check_ready()
        shared = _shared_pieces(graph, share) if share else {}
        held = _by_parameter(shared)
        refuse_unknown(graph, held)
        self.real = _real(graph, devices, device, share)
        self.micro_batches = micro_batches
        self.exchanger = exchanger if asks_for_workers(graph) else None
        self.plan = self._placed(devices, held)
        used = (*self.plan.devices, *(piece.device for piece in shared))
        self.devices = {name: torch.device(device if name in WORKERS_DEVICES else name) for name in used}
        self.device = self.devices[self.plan.entry]  # to give a batch to
        for each in self.devices.values():
            compute_exactly(each)
        tensors = {**self._first_tensors(shared, given), **shared}
        by_step = self._modules_of_steps(tensors)
        self.steps = list(by_step.values())
        self.layers = nn.ModuleList(self.steps)
        self._parts: dict[int, list[LayerModule]] = {}
        for module in self.steps:
            self._parts.setdefault(module.node.index, []).append(module)
        self.holdings = Holdings({own: self.plan.held[own] for own in graph.parameters}, self.steps, tensors)
        self._programs = Programs(self.plan, by_step, remembers=weights_stay)
        self._transfers = Transfers()
        self._given = GivenBlobs(graph)
        self._pipeline = pipeline(self.plan) if micro_batches > 1 else None

    def _placed(self, devices: Sequence[str], held: Mapping[Parameter, tuple[Piece, ...]]) -> Plan:
        if self.exchanger is None:
            return place(self.graph, self.real, held=held)
        _refuse_splitting_twice(devices, self.micro_batches)
        return place_over_workers(self.graph, self.exchanger.rank, self.exchanger.count)

    def _modules_of_steps(self, tensors: Mapping[Piece, Tensor]) -> dict[int, LayerModule]:
        return {
            index: LayerModule(
                step,
                tensors,
                device=self.devices[step.device],
                dtype=self.dtype,
                channels_last=self.channels_last,
            )
            for index, step in enumerate(self.plan.steps)
            if isinstance(step, Compute)
        }

    def _first_tensors(
        self, shared: Mapping[Piece, Tensor], given: Mapping[Parameter, NDArray[Any]]
    ) -> dict[Piece, Tensor]:
        owners = {use.parameter: node for node in reversed(self.graph.nodes) for use in node.blobs}
        there = {piece.content for piece in shared}
        made: dict[Piece, Tensor] = {}
        for parameter in self.graph.parameters:
            if parameter not in there:
                made |= first_tensors(
                    parameter,
                    owners[parameter],
                    self.plan.held[parameter],
                    self.devices,
                    seed=self.seed,
                    dtype=self.dtype,
                    channels_last=self.channels_last,
                    learns=parameter.lr_mult != 0 or self.graph.force_backward,
                    given=given.get(parameter),
                )
        return made

    @property
    def tensors(self) -> dict[Parameter, Tensor]:
        """The tensor of each parameter, in the solver's order.

        Raises: UsageError if one lies in pieces; see ``pieces`` and ``stored``.
        """
        pieces = self.pieces
        for parameter, own in pieces.items():
            if len(own.tensors) > 1:
                raise UsageError(f'blob {parameter.index} of layer "{parameter.owner}" lies on several devices')
        return {parameter: own.tensors[0] for parameter, own in pieces.items()}

    @property
    def pieces(self) -> dict[Parameter, Pieces]:
        """Each parameter as it lies, in the solver's order."""
        return self.holdings.pieces()

    def holds_part_of(self, parameter: Parameter) -> bool:
        """Tell whether other workers hold other channels of a parameter."""
        return self.exchanger is not None and self.plan.held[parameter][0].range is not None

    def stored(self) -> list[tuple[Parameter, Tensor]]:
        """Return the tensors of all parameters, piece by piece in the solver's order: what a solver updates."""
        return self.holdings.stored()

    def modules_of(self, index: int) -> list[LayerModule]:
        """Return the modules, one a part, of the layer of that index among the graph's nodes."""
        return self._parts[index]

    def blobs_of(self, layer: str) -> list[Tensor]:
        """Return the parameters and saved statistics of the first layer of that name, in Caffe's order.

        Of those that lie in pieces copies of the whole are returned.

        Raises: UsageError if there is no such layer.
        """
        for node in self.graph.nodes:
            if node.name == layer:
                own = self.pieces
                return [as_used(own[use.parameter].single(), use) for use in node.blobs]
        raise UsageError(f'net "{self.graph.name}" has no layer "{layer}"')

    def forward(
        self,
        inputs: Mapping[str, Tensor],
        *,
        rows: Tensor | None = None,
        iteration: int | Tensor = 0,
        keep: Iterable[str] = (),
    ) -> Pass:
        """Run all layers on ``inputs`` (tensors by blob name; whole numbers become floats), and carry the state on.

        ``rows`` are the ordinals of the batch's records, which with ``iteration`` key the random draws; the blobs named
        in ``keep`` are returned beside the outputs, in their last version.

        Raises: UsageError for an input that is missing, no tensor, or of a shape that a layer cannot take, or a blob to
        keep that is none of the net's.
        """
        return along(self.ways, self._run)(inputs, rows, iteration, keep)

    def _run(
        self, inputs: Mapping[str, Tensor], rows: Tensor | None, iteration: int | Tensor, keep: Iterable[str]
    ) -> Pass:
        kept = self.graph.last_versions(keep)
        if not is_traced():
            self._given.check(inputs)
        passing = Passing(
            self.graph,
            self._program(inputs, kept),
            self.devices,
            kept,
            self.seed,
            iteration,
            self.dtype,
            self.exchanger,
        )
        batch = Batch(inputs, rows, self.no_values())
        if self._pipeline is None:
            values = passing.run(batch)
        else:
            values = passing.run_in_parts(batch, self._pipeline, self.micro_batches)
        for module, new in sorted(passing.carried, key=lambda carried: carried[0].step.node.index):
            module.carry(new)
        blobs = {value.name: values.read(takes) for value, takes in self.plan.outputs}
        blobs |= {value.name: values.gathered(self.plan.pieces_of(value)) for value in kept}
        return Pass(blobs, total_loss(self.plan.losses, values, self.devices[self.plan.home], self.dtype))

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of the parameters, or set them to zero."""
        if not set_to_none:
            super().zero_grad(set_to_none=False)
            return
        for module in self.steps:
            for parameter in module._parameters.values():
                if parameter is not None:
                    parameter.grad = None

    def _program(self, inputs: Mapping[str, Tensor], kept: Collection[Value]) -> Program:
        if not self.fuse or self._pipeline is not None:
            return self._programs.step_by_step
        return self._programs.of_pass(inputs.values(), kept)

    @property
    def is_watched(self) -> bool:
        """Whether hooks, or functions in place of their own, see or change what layers do."""
        return self._programs.is_watched

    def no_values(self) -> Values:
        """Return what a pass begins with: nothing but the parameters."""
        return Values(self.holdings.tensor, self._transfers)


def _real(graph: Graph, devices: Sequence[str], device: torch.device | str, share: Net | None) -> dict[str, str]:
    """Return the real device of each logical one; those that the net shared with has too are the same in both."""
    if not devices:
        return dict.fromkeys(logical_devices(graph), str(device))
    return real_devices(graph, devices, share.real if share else {})


def _refuse_splitting_twice(devices: Sequence[str], micro_batches: int) -> None:
    if devices or micro_batches > 1:
        raise UsageError(
            "layers that are split over workers (over_workers in their layer_group) compute on one device a worker,"
            " whole batches at a time\n    leave out --devices and --micro-batches"
        )


def _shared_pieces(graph: Graph, share: Net) -> dict[Piece, Tensor]:
    """Return the tensors of the net shared with, as pieces of this graph's parameters."""
    return {
        Piece(mine, piece.range, str(share.devices[piece.device])): share.holdings.tensor(piece)
        for mine, its in counterparts(graph, share.graph).items()
        if not share.holds_part_of(its)
        for piece in share.plan.held[its]
    }


def _by_parameter(shared: Iterable[Piece]) -> dict[Parameter, tuple[Piece, ...]]:
    found: dict[Parameter, tuple[Piece, ...]] = {}
    for piece in shared:
        if isinstance(piece.content, Parameter):
            found[piece.content] = (*found.get(piece.content, ()), piece)
    return found
