"""Takes down what compiled kernels do in a pass, so that the next one need not walk the layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from torch import Tensor

from netdef.graph.plan import Compute
from netdef.module.call_layout import CallLayout, Recording
from netdef.module.programs import Program
from netdef.module.recorded import Recorded
from netdef.module.tape import Laid, Tape
from netdef.module.values import Values


def record(program: Program, inputs: Mapping[str, Tensor], run: Callable[[int], None], values: Values) -> Recorded:
    """Run a pass, and return what can be run in its place; ``run`` runs the step of a number.

    No two of the inputs may have the same memory.
    """
    tape, recordings, in_one_hand = Tape(), dict[int, Recording](), True
    for name, tensor in inputs.items():
        tape.give(name, tensor)
    for index, step in enumerate(program.steps):
        before = len(tape.calls)
        with tape.step():
            run(index)
        made = {piece: values.tensor(piece) for piece in step.makes}
        if _holds_nothing(program, index) and tape.by_kernels_alone and all(map(tape.is_made, made.values())):
            makes = {piece: (tape.place(tensor), Laid.of(tensor)) for piece, tensor in made.items()}
            recordings[index] = Recording(tape.calls[before:], makes)
        else:
            in_one_hand &= not any(tape.had_written(tensor, before) for tensor in made.values())
            del tape.calls[before:]
            for piece, tensor in made.items():
                tape.give(piece, tensor)
        values.drop(program.dead_after[index])
    return CallLayout(program, recordings if in_one_hand else {}).recorded()


def _holds_nothing(program: Program, index: int) -> bool:
    """Tell whether a step hangs on nothing but its bottoms, or inputs, and on what its chain remembers."""
    if index in program.chains:
        return True
    step = program.steps[index]
    return isinstance(step, Compute) and not (step.blobs or step.node.state)
