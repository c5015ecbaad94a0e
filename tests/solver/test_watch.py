from __future__ import annotations

from collections.abc import Generator

import numpy as np
from google.protobuf import text_format

from netdef.schema import netdef_pb2 as schema
from netdef.solver.events import Event, RateLowered, Tested, TestStarted
from netdef.solver.policies import Policy
from netdef.solver.watch import watched

OPTIONS = """
base_lr: 0.5 gamma: 0.25 test_interval: 10 lr_policy: "plateau"
plateau_param { metric: "error" better: LOWER patience: 1 }
"""


def policy(text: str = OPTIONS) -> Policy:
    return Policy(text_format.Parse(text, schema.SolverParameter()))


def outcome(iteration: int, net: int = 0, **outputs: list[float]) -> Tested:
    arrays = {name: np.array(value) for name, value in outputs.items()}
    return Tested(iteration, net, arrays, {}, None)


def run(*events: Event, stopped: bool = False) -> Generator[Event, None, bool]:
    yield from events
    return stopped


def ended(events: Generator[Event, None, bool]) -> tuple[list[Event], bool]:
    seen: list[Event] = []
    while True:
        try:
            seen.append(next(events))
        except StopIteration as end:
            return seen, end.value


def test_a_result_that_is_no_better_lowers_the_rate() -> None:
    rates = policy()
    first, second = outcome(0, error=[0.25, 0.75]), outcome(10, error=[0.5])
    events, stopped = ended(watched(run(TestStarted(10, 0, 1), first, second), rates))
    assert events == [TestStarted(10, 0, 1), first, second, RateLowered(10, 0.125, "error", 0.5, 1)]
    assert rates.rate(11) == 0.125
    assert not stopped


def test_the_first_net_that_has_the_output_is_the_one() -> None:
    rates = policy()
    events, _ = ended(watched(run(outcome(0, other=[1]), outcome(0, 1, error=[1]), outcome(0, 2, error=[2])), rates))
    assert len(events) == 3
    assert rates.memory is not None
    assert rates.memory.best == 1


def test_a_request_to_stop_goes_through() -> None:
    assert ended(watched(run(stopped=True), policy())) == ([], True)


def test_other_policies_watch_nothing() -> None:
    events, _ = ended(watched(run(outcome(0, error=[1]), outcome(10, error=[1])), policy('lr_policy: "fixed"')))
    assert len(events) == 2
