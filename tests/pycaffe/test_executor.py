from __future__ import annotations

from netdef.blob import Blob
from netdef.pycaffe.executor import Executor
from netdef.pycaffe.run import Run
from netdef.pycaffe.steps import Step


class Noting(Step):
    """Writes down what is asked of it."""

    def __init__(self, name: str, notes: list[str]) -> None:
        super().__init__(name, "Noting", (), (Blob(2),), (0.5,))
        self.notes = notes
        self.shape_top(0, (3,))

    def reshape(self) -> None:
        self.notes.append(f"reshape {self.name}")

    def forward(self, run: Run) -> None:
        self.notes.append(f"forward {self.name} {run.iteration}")
        self.tops[0].data[...] = 4

    def backward(self, run: Run) -> None:
        self.notes.append(f"backward {self.name} {run.iteration}")


def make() -> tuple[Executor, list[str]]:
    notes: list[str] = []
    return Executor([], [Noting(name, notes) for name in "abc"], []), notes


def test_steps_run_in_order_and_back() -> None:
    executor, notes = make()
    executor.forward(Run(iteration=8))
    executor.backward()
    assert notes == [f"forward {name} 8" for name in "abc"] + [f"backward {name} 8" for name in "cba"]


def test_both_ends_of_a_part_are_run() -> None:
    executor, notes = make()
    executor.forward(Run(), 1, 2)
    executor.backward(1, 1)
    assert notes == ["forward b 0", "forward c 0", "backward b 0"]


def test_the_loss_is_that_of_the_part() -> None:
    executor, _ = make()
    assert executor.forward(Run()) == 3 * 3 * 4 * 0.5
    assert executor.forward(Run(), 1, 1) == 3 * 4 * 0.5


def test_listeners_are_told_before_and_after() -> None:
    executor, notes = make()
    executor.before_forward.append(lambda number: notes.append(f"before {number}"))
    executor.after_forward.append(lambda number: notes.append(f"after {number}"))
    executor.before_backward.append(lambda number: notes.append(f"before {number}"))
    executor.after_backward.append(lambda number: notes.append(f"after {number}"))
    executor.forward(Run(), 2)
    executor.backward(0)
    assert notes == ["before 2", "forward c 0", "after 2", "before 0", "backward a 0", "after 0"]


def test_shapes_go_through_all_steps() -> None:
    executor, notes = make()
    executor.reshape()
    assert notes == ["reshape a", "reshape b", "reshape c"]
