from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from netdef.errors import ShapeError, WiringError
from netdef.layers.base import Arity, Context, Cost, Layer, Part, StateSpec, at_least, between, exactly
from netdef.layers.channels import Range
from netdef.layers.draws import Draws
from netdef.layers.register import make_layer
from netdef.layers.shape import Shape
from netdef.schema import netdef_pb2 as schema
from tests.layers.contract import make, message


@pytest.mark.parametrize(
    ("arity", "fitting", "words"),
    [
        (exactly(2), {2}, "exactly 2"),
        (at_least(1), {1, 2, 3}, "at least 1"),
        (between(1, 2), {1, 2}, "1 to 2"),
        (exactly(0), {0}, "exactly 0"),
    ],
)
def test_an_arity_contains_numbers_and_says_which(arity: Arity, fitting: set[int], words: str) -> None:
    assert {number for number in range(4) if number in arity} == fitting
    assert str(arity) == words


def test_wrong_numbers_of_wires_are_refused_by_name() -> None:
    with pytest.raises(WiringError, match=r"has 2 bottoms \(b0, b1\), takes exactly 1"):
        make("TanH", bottoms=2)
    with pytest.raises(WiringError, match=r"has 2 tops \(t0, t1\), makes exactly 1"):
        make("TanH", tops=2)
    with pytest.raises(WiringError, match="has 0 bottoms, takes exactly 2"):
        make("EuclideanLoss", bottoms=0)


def test_a_loss_may_leave_its_top_out_and_others_may_not() -> None:
    make("EuclideanLoss", bottoms=2, tops=0)
    with pytest.raises(WiringError, match="has 0 tops, makes exactly 1"):
        make("TanH", tops=0)


@pytest.mark.parametrize(
    ("kind", "allowed"), [("Sigmoid", True), ("Flatten", False), ("Reshape", False), ("Split", False)]
)
def test_only_some_types_may_overwrite_their_bottom(kind: str, allowed: bool) -> None:
    made = make_layer(message(kind, tops=0))
    if allowed:
        made.check_wiring(["x"], ["x"])
        return
    with pytest.raises(WiringError, match='top "x" would overwrite its bottom') as caught:
        made.check_wiring(["x"], ["x"])
    assert caught.value.path == ("top", 0)


def test_cost_counts_the_bytes_of_the_tops_and_knows_when_it_cannot() -> None:
    made = make("InnerProduct", "inner_product_param { num_output: 5 }")
    assert made.cost((2, 3, 4)) == Cost(macs=2 * 12 * 5, activation_bytes=4 * 2 * 5)
    assert made.cost((None, 3, 4)) == Cost(macs=None, activation_bytes=None)


def test_a_layer_of_the_test_phase_is_the_default() -> None:
    assert make_layer(message("Dropout")).train is False
    assert make_layer(message("Dropout"), schema.TRAIN).train is True


class RunningSum(Layer):
    """h ← h + x, one step a pass: the smallest layer that remembers."""

    type = "RunningSum"

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        return bottoms

    def state(self, *bottoms: Shape) -> tuple[StateSpec, ...]:
        return (StateSpec(bottoms[0]),)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        (hidden,) = ctx.state
        y = hidden + bottoms[0]
        ctx.new_state = (y.detach(),)
        return (y,)


def test_a_recurrent_layer_carries_state_that_no_weights_file_holds() -> None:
    made = RunningSum(schema.LayerParameter())
    (spec,) = made.state((2, 3))
    assert spec == StateSpec((2, 3), saved=False)
    state: Sequence[Tensor] = (torch.zeros(2, 3),)
    steps = [torch.full((2, 3), float(step), requires_grad=True) for step in (1, 2, 3)]
    tops = []
    for x in steps:
        ctx = Context(train=True, draws=Draws(0, "sum"), state=state)
        tops.append(made.forward(ctx, (), x)[0])
        assert ctx.new_state is not None
        assert ctx.state is state, "the old state stays as it was"
        state = ctx.new_state
    assert [float(top.detach()[1, 2]) for top in tops] == [1, 3, 6]
    slopes = torch.autograd.grad(tops[2].sum(), steps, allow_unused=True)
    assert [slope is None for slope in slopes] == [True, True, False], "no gradient flows through the state"


def parts(layer: Layer, *bottoms: Shape) -> tuple[Part, Part]:
    """Return what each of two devices does."""
    split = layer.split(2, *bottoms)
    assert split is not None
    first, second = split
    return first, second


def test_bottoms_and_tops_of_a_channelwise_layer_are_split_alike() -> None:
    eltwise = make("Eltwise", bottoms=2)
    first, second = parts(eltwise, (None, 6, 5), (None, 6, 5))
    assert first.layer is second.layer is eltwise
    assert (first.bottoms, first.tops) == ((Range(1, 0, 3),) * 2, (Range(1, 0, 3),))
    assert (second.bottoms, second.tops, second.margin) == ((Range(1, 3, 6),) * 2, (Range(1, 3, 6),), 0)


def test_a_layer_that_flattens_makes_more_channels_of_each() -> None:
    _, second = parts(make("Flatten"), (None, 4, 3, 5))
    assert (second.bottoms, second.tops) == ((Range(1, 2, 4),), (Range(1, 30, 60),))


def test_blobs_with_a_number_for_each_channel_are_split_others_are_held_by_all() -> None:
    assert parts(make("BatchNorm"), (None, 4, 3))[1].blobs == (Range(0, 2, 4), Range(0, 2, 4), None)
    assert parts(make("PReLU", "prelu_param { channel_shared: true }"), (None, 4))[1].blobs == (None,)


@pytest.mark.parametrize("shape", [(3,), (), (2, None, 5)])
def test_without_channels_of_known_number_nothing_is_split(shape: Shape) -> None:
    assert make("ReLU").split(2, shape) is None


def test_channels_that_do_not_divide_are_refused() -> None:
    with pytest.raises(ShapeError, match="5 channels cannot be split over 2 devices"):
        make("ReLU").split(2, (3, 5))
