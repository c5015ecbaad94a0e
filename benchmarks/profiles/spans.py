"""What torch's profiler saw of training steps, as spans within spans."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from torch.autograd.profiler_util import FunctionEvent
from torch.profiler import ProfilerActivity, profile, record_function

STEP = "step"
WARM_UP = 3


@dataclass(eq=False)
class Span:
    """A piece of a step: an operator, a part of the backward pass, or what somebody named; in microseconds.

    ``sequence`` ties an operator to the part of the backward pass that it causes; -1 where there is none.
    """

    name: str
    start: float
    end: float
    sequence: int
    inner: list[Span] = field(default_factory=list)

    @property
    def length(self) -> float:
        return self.end - self.start


def spans_of(step: Callable[[], object], steps: int) -> list[Span]:
    """Do some steps and return each; what torch did in it lies in it."""
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")  # the profiler would announce itself on standard error
    for _ in range(WARM_UP):
        step()
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        for _ in range(steps):
            with record_function(STEP):
                step()
    return nested([_span(event) for event in profiler.events()])


def _span(event: FunctionEvent) -> Span:
    return Span(event.name, event.time_range.start, event.time_range.end, event.sequence_nr)


def nested(spans: list[Span]) -> list[Span]:
    """Put spans into those around them, and return the steps."""
    steps: list[Span] = []
    around: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        while around and around[-1].end < span.end:
            around.pop()
        if around:
            around[-1].inner.append(span)
        elif span.name == STEP:
            steps.append(span)
        else:
            continue  # before the first step or after the last
        around.append(span)
    return steps
