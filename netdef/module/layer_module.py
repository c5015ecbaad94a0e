"""One layer, or part of one, with its parameters and state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import torch
from torch import Tensor, nn

from netdef.errors import UsageError
from netdef.graph.graph import ParameterUse
from netdef.graph.plan import Compute, Piece, Take
from netdef.layers.base import Context
from netdef.layers.shape import Shape
from netdef.module.layout import laid_out
from netdef.module.values import Values
from netdef.module.watched import Watched


class LayerModule(Watched):
    """Runs a step of a plan.

    It holds the blobs that it takes as they lie on its device; those that are put together from pieces, or copied from
    another device, are given to it at each pass. Shared parameters are registered by every layer that holds them:
    torch knows them as one.
    """

    channels_last_on_gpu = False  # whether images are to lie so on a GPU, too

    def __init__(
        self,
        step: Compute,
        held: Mapping[Piece, Tensor],
        *,
        device: torch.device,
        dtype: torch.dtype,
        channels_last: bool,
    ) -> None:
        super().__init__()
        self.step = step
        self.node = step.node
        self.device = device
        self.dtype = dtype
        self.channels_last = channels_last
        self._borrows: dict[int, tuple[Take, ...]] = {}
        self._borrowed: dict[int, Tensor] = {}
        for index, takes in enumerate(step.blobs):
            if len(takes) == 1 and takes[0].whole and takes[0].piece in held:
                self._hold(f"blob_{index}", held[takes[0].piece])
            else:
                self._borrows[index] = takes
        for index, spec in enumerate(self.node.state):
            zeros = torch.zeros(lengths(spec.shape), device=device, dtype=dtype)
            self.register_buffer(f"state_{index}", zeros, persistent=False)
        self._bottoms = list(zip(step.bottoms, self.node.propagates, strict=True))
        uses = list(enumerate(self.node.blobs))
        self._names = [f"blob_{index}" for index, _ in uses]
        self._reshaped = {index: lengths(use.shape) for index, use in uses if use.shape != use.parameter.shape}
        self._learned = [index for index, use in uses if use.parameter.learned]
        self._saved = [index for index, use in uses if not use.parameter.learned]
        self._stateless = not self._saved and not self.node.state
        self._uncut = all(piece.range is None for piece in step.tops)

    def _hold(self, name: str, tensor: Tensor) -> None:
        if isinstance(tensor, nn.Parameter):
            self.register_parameter(name, tensor)
        else:
            self.register_buffer(name, tensor)

    def held(self, index: int) -> Tensor | None:
        """Return a blob as it lies here, None if it does not."""
        return getattr(self, f"blob_{index}", None)

    @property
    def blobs(self) -> list[Tensor]:
        """The step's parameters and saved statistics, in Caffe's order."""
        return [*map(self._blob, range(len(self._names)))]

    def _blob(self, index: int) -> Tensor:
        name = self._names[index]
        blob: Tensor | None = self._parameters.get(name)  # which getattr would find as well, after a detour
        if blob is None:
            blob = self._borrowed[index] if index in self._borrows else getattr(self, name)
            assert blob is not None
        return blob.reshape(self._reshaped[index]) if index in self._reshaped else blob

    @property
    def state(self) -> list[Tensor]:
        """What the layer carries from pass to pass: saved statistics, then hidden blobs."""
        if self._stateless:
            return []
        hidden = [getattr(self, f"state_{index}") for index in range(len(self.node.state))]
        return [*map(self._blob, self._saved), *hidden]

    @torch.no_grad()
    def carry(self, new: Iterable[Tensor]) -> None:
        """Put new tensors in the place of the state.

        Statistics are written into their memory, which other nets may share, unless the layer is frozen; hidden blobs
        are replaced, since autograd may still need the old ones.
        """
        tensors = iter(new)
        for index in self._saved:
            self._keep_statistic(getattr(self, f"blob_{index}"), next(tensors))
        for index, tensor in enumerate(tensors):
            setattr(self, f"state_{index}", tensor.detach())

    def _keep_statistic(self, old: Tensor, new: Tensor) -> None:
        if not self.node.attributes.freeze:
            old.copy_(new)

    def run(self, ctx: Context, inputs: Mapping[str, Tensor], values: Values) -> tuple[Tensor, ...]:
        """Run the step on what has been computed so far, or take its tops from the inputs.

        Raises: UsageError for a missing input.
        """
        if self.step.layer.source:
            return self(ctx, *(self._given(_input(inputs, top.name)) for top in self.node.tops))  # type: ignore[no-any-return]
        if not self._borrows:
            return self(ctx, *self.read(values))  # type: ignore[no-any-return]
        self._borrowed = {index: values.read(takes) for index, takes in self._borrows.items()}
        try:
            return self(ctx, *self.read(values))  # type: ignore[no-any-return]
        finally:
            self._borrowed = {}

    def _given(self, blob: Tensor) -> Tensor:
        blob = blob.to(self.device) if blob.is_floating_point() else blob.to(self.device, self.dtype)
        return laid_out(blob, self.channels_last, on_gpu=self.channels_last_on_gpu)

    def read(self, values: Values) -> list[Tensor]:
        """Return the bottoms, those that no gradient goes down to without their history."""
        found = []
        for takes, down in self._bottoms:
            bottom = values.read(takes)
            found.append(bottom if down or not bottom.requires_grad else bottom.detach())
        return found

    def forward(self, ctx: Context, *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Run the step, and leave away what it computes beside its range."""
        tops = self.step.layer.forward(ctx, [self._blob(index) for index in self._learned], *bottoms)
        if self._uncut:
            return tops
        return tuple(self._kept(top, piece) for top, piece in zip(tops, self.step.tops, strict=True))

    def _kept(self, top: Tensor, piece: Piece) -> Tensor:
        own, margin = piece.range, self.step.margin
        if own is None or top.shape[own.axis] == len(own):
            return top
        return top.narrow(own.axis, margin, len(own))


def _input(inputs: Mapping[str, Tensor], name: str) -> Tensor:
    if name not in inputs:
        raise UsageError(f'input blob "{name}" is missing; given: {", ".join(inputs) or "none"}')
    return inputs[name]


def as_used(blob: Tensor, use: ParameterUse) -> Tensor:
    """Return a blob in the shape that a layer gives it."""
    return blob if use.shape == use.parameter.shape else blob.reshape(lengths(use.shape))


def lengths(shape: Shape) -> tuple[int, ...]:
    """Return a shape of which every length is known."""
    return tuple(length for length in shape if length is not None)
