"""One forward pass of a placed net: the steps of its plan, on the whole batch or on parts of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import torch
from torch import Tensor

from netdef.errors import UsageError
from netdef.graph.graph import Graph, Parameter, Value
from netdef.graph.pipeline import Pipeline, assembly_line
from netdef.graph.place_over_workers import ALL
from netdef.graph.plan import Compute, Copy, Exchange, Piece
from netdef.graph.recomputed import read_from_outside, stretches
from netdef.layers.base import Context
from netdef.layers.draws import Draws
from netdef.module.exchanger import Exchanger
from netdef.module.joined_layers import Runner
from netdef.module.programs import Program
from netdef.module.recompute import run_now_and_again
from netdef.module.replaying import run_as_recorded
from netdef.module.values import Values


@dataclass(frozen=True)
class Batch:
    """A batch, or consecutive rows of one from ``first_row`` on, and what has been computed of it."""

    inputs: Mapping[str, Tensor]
    rows: Tensor | None
    values: Values
    first_row: int = 0


@dataclass
class Passing:
    """What one pass runs, and what it leaves: the new state of layers that ``carried`` some on.

    ``kept`` are blobs that are not forgotten; ``states`` are those of modules that have gone on since.
    """

    graph: Graph
    program: Program
    devices: Mapping[str, torch.device]
    kept: Collection[Value]
    seed: int
    iteration: int | Tensor
    dtype: torch.dtype
    exchanger: Exchanger | None = None
    carried: list[tuple[Runner, Iterable[Tensor]]] = field(default_factory=list)
    states: Mapping[Runner, list[Tensor]] = field(default_factory=dict)
    _all_rows: Tensor | None = None

    def run(self, batch: Batch) -> Values:
        """Run all steps on a batch, and return what was computed."""
        program, values = self.program, batch.values
        step = partial(self._step, batch=batch)
        if program.seen is None or not run_as_recorded(program, batch.inputs, step, values):
            self._run(range(len(program.steps)), batch)
        return values

    def run_in_parts(self, batch: Batch, pipeline: Pipeline, count: int) -> Values:
        """Run the stages of a pipeline on ``count`` parts of a batch, and the rest on the whole of it.

        The parts go through the stages as on an assembly line: work for different devices is begun together.

        Raises: UsageError if there are fewer rows than parts.
        """
        self._run(pipeline.first, batch)
        parts = list(_parts(batch, self.graph, count)) if pipeline.stages else []
        for stage, part in assembly_line(len(pipeline.stages), count):
            self._run(pipeline.stages[stage].steps, parts[part])
        whole = Values(lambda piece: _joined(piece, batch.values, parts), batch.values.transfers)
        self._run(pipeline.last, Batch(batch.inputs, batch.rows, whole))
        return whole

    def _run(self, steps: Iterable[int], batch: Batch) -> None:
        if not self.program.recomputes or not torch.is_grad_enabled():
            self._run_kept(steps, batch)
            return
        for recomputed, stretch in stretches(self.program.steps, steps):
            if recomputed:
                self._run_now_and_again(stretch, batch)
            else:
                self._run_kept(stretch, batch)

    def _run_now_and_again(self, steps: Sequence[int], batch: Batch) -> None:
        """Run steps that the backward pass runs once more, on what they had before them, leaving no state."""
        read = read_from_outside(self.program.steps[index] for index in steps)
        before = Batch(batch.inputs, batch.rows, batch.values.apart(read), batch.first_row)
        states = {module: module.state for module in (self.program.modules[index] for index in steps)}
        again = replace(self, carried=[], states=states)
        run_now_and_again(
            partial(self._run_kept, steps, batch),
            lambda: again._run_kept(steps, replace(before, values=before.values.apart(()))),
        )

    def _run_kept(self, steps: Iterable[int], batch: Batch) -> None:
        kept = self.kept
        for index in steps:
            self._step(index, batch)
            dead = self.program.dead_after[index]
            batch.values.drop([piece for piece in dead if piece.content not in kept] if kept else dead)

    def _step(self, index: int, batch: Batch) -> None:
        """Run one step of the program."""
        module = self.program.modules.get(index)
        if module is not None:
            self._compute(module, batch)
        else:
            self._move(index, batch.values)

    def _move(self, index: int, values: Values) -> None:
        step = self.program.steps[index]
        if isinstance(step, Copy):
            values.copy(step, self.devices[step.made.device])
        elif isinstance(step, Exchange):
            self._exchange(step, values)
        else:
            values[step.makes[0]] = self.program.chains[index].run(values)

    def _compute(self, module: Runner, batch: Batch) -> None:
        step = module.step
        rows = batch.rows if self.exchanger is None else self._rows(step, batch)
        draws = Draws(self.seed, step.node.key, self.iteration, rows, step.first_channel, batch.first_row)
        state = (self.states and self.states.get(module)) or module.state
        ctx = Context(step.layer.train, draws, state, device=module.device, dtype=self.dtype)
        for piece, tensor in zip(step.tops, module.run(ctx, batch.inputs, batch.values), strict=True):
            batch.values[piece] = tensor
        if ctx.new_state is not None:
            self.carried.append((module, ctx.new_state))

    def _exchange(self, step: Exchange, values: Values) -> None:
        assert self.exchanger is not None
        values[step.made] = self.exchanger.exchange(step.turn, values.tensor(step.taken))

    def _rows(self, step: Compute, batch: Batch) -> Tensor | None:
        """Return the ordinals of the rows that a step sees."""
        if batch.rows is None or self.exchanger is None or step.device != ALL:
            return batch.rows
        if self._all_rows is None:
            self._all_rows = self.exchanger.all_rows(batch.rows)
        return self._all_rows


def _parts(batch: Batch, graph: Graph, count: int) -> Iterator[Batch]:
    """Cut a batch into parts of as many rows as can be, the first ones of one more."""
    names = [top.name for source in graph.sources for top in source.tops]
    cut = {name: batch.inputs[name].tensor_split(count) for name in names if name in batch.inputs}
    sizes = [len(part) for part in next(iter(cut.values()), ())]
    if min(sizes, default=0) < 1:
        raise UsageError(f"a batch of {sum(sizes)} cannot come in {count} micro-batches: there must be a row for each")
    rows = [None] * count if batch.rows is None else batch.rows.tensor_split(count)
    for index in range(count):
        values = Values(batch.values.tensor, batch.values.transfers)
        own = {name: parts[index] for name, parts in cut.items()}
        yield Batch(own, rows[index], values, first_row=sum(sizes[:index]))


def _joined(piece: Piece, first: Values, parts: Sequence[Batch]) -> Tensor:
    """Return a parameter, or the rows that the parts have of a blob."""
    if isinstance(piece.content, Parameter):
        return first.tensor(piece)
    return torch.cat([part.values.tensor(piece) for part in parts])
