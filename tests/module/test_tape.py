from __future__ import annotations

import torch

from netdef.graph.plan import Piece
from netdef.layers.functions.compiled_lrn import normalized, task_of
from netdef.module.tape import Buffer, Given, Laid, Tape
from tests.compiled import needs_kernels
from tests.graph.texts import IMAGES, graph
from tests.nets import numbers

PIECE = Piece(graph(IMAGES).nodes[0].tops[0], None, "cpu")


def images() -> torch.Tensor:
    return numbers(2, 3, 4, 5).contiguous(memory_format=torch.channels_last)


@needs_kernels
def test_kernels_new_memory_and_views_are_all_that_is_replayed() -> None:
    tape, x = Tape(), images()
    tape.give(PIECE, x)
    with tape.step():
        y = normalized(x, task_of(x, 3, 1.0, 0.75, 1.0, 1)).narrow(1, 1, 2)
    assert tape.by_kernels_alone
    assert tape.is_made(y)
    (call,) = tape.calls
    given, made = call.sources
    assert (call.name, call.images) == ("normalize", 2)
    assert given == Given(PIECE, Laid.of(x))
    assert isinstance(made, Buffer)
    assert (made.size, made.first, made.last) == (x.nbytes, 0, 0)
    assert tape.place(y) == (made, y.storage_offset() * 4, x[0].nbytes)


def test_operators_of_torch_s_are_seen() -> None:
    for operator in (
        torch.relu,
        torch.relu_,
        lambda x: x.contiguous(),
        lambda x: x.sum().item(),
        lambda x: x.to_mkldnn(),
    ):
        tape, x = Tape(), images()
        with tape.step():
            operator(x)
        assert not tape.by_kernels_alone
        with tape.step():
            x.permute(0, 2, 3, 1).contiguous()  # as it lies
        assert tape.by_kernels_alone


@needs_kernels
def test_memory_that_no_kernel_has_written_is_not_made() -> None:
    tape, x = Tape(), images()
    with tape.step():
        blank = torch.empty_like(x)
    assert not tape.is_made(blank)
    assert not tape.is_made(x)
    with tape.step():
        y = normalized(x, task_of(x, 3, 1.0, 0.75, 1.0, 1))
    assert tape.had_written(y, 1)
    assert not tape.had_written(y, 0)
    (call,) = tape.calls
    assert call.places[0] is not None
    assert call.places[0].source is x  # as weights are
