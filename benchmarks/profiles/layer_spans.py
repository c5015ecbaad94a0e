"""Which layer a span belongs to, forward and backward."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torch.profiler import record_function

from benchmarks.contest.case import Case
from benchmarks.contest.worker import prepare
from benchmarks.profiles.spans import Span
from netdef.module.convolved_maxima import ConvolvedMaxima
from netdef.module.layer_module import LayerModule
from netdef.solver import repeated

MARK = "layer:"
BACKWARD = "autograd::engine::evaluate_function: "
NO_LAYER = "gradients added"


RUNNERS: tuple[type[LayerModule | ConvolvedMaxima], ...] = (LayerModule, ConvolvedMaxima)


def labelled_step(case: Case, threads: int) -> Callable[[], object]:
    """Prepare a case in netdef, with a span around each layer's forward pass, and those of layers found at once.

    Passes are not repeated from a list, in which layers cannot be told apart.
    """
    repeated.LARGEST = -1
    for runner in RUNNERS:
        _mark(runner)
    return prepare("netdef", case, threads)


def _mark(runner: type[LayerModule | ConvolvedMaxima]) -> None:
    forward = runner.run

    def marked(self: LayerModule, *given: object, **more: object) -> object:
        with record_function(f"{MARK}{self.step.node.name}"):
            return forward(self, *given, **more)  # type: ignore[arg-type]

    runner.run = marked  # type: ignore[method-assign, assignment]


def in_parts(step: Span) -> Span:
    """Return a step of three parts, forward, backward and update, the first two of them divided by layers."""
    names = {sequence: span.name for span in step.inner if span.name.startswith(MARK) for sequence in _sequences(span)}
    last = max((span.end for span in step.inner if span.name.startswith(BACKWARD)), default=step.end)
    forward, backward, update = (Span(name, step.start, step.start, -1) for name in ("forward", "backward", "update"))
    for span in step.inner:
        if span.name.startswith(MARK):
            _put(forward, _named(span, span.name))
        elif span.name.startswith(BACKWARD):
            _put(backward, _named(span, names.get(span.sequence, NO_LAYER)))
        else:
            _put(update if span.start >= last else forward, span)
    return Span(step.name, step.start, step.end, -1, [forward, backward, update])


def _put(part: Span, span: Span) -> None:
    """Add a span to a part, which is as long as all that is in it."""
    part.inner.append(span)
    part.end += span.length


def _named(span: Span, name: str) -> Span:
    return Span(name.removeprefix(MARK), span.start, span.end, -1, span.inner)


def _sequences(span: Span) -> Iterator[int]:
    for inner in span.inner:
        if inner.sequence >= 0:
            yield inner.sequence
        yield from _sequences(inner)
