from __future__ import annotations

from typing import Any, cast

import pytest
import torch
from torch import Tensor

from netdef.errors import DataError
from netdef.net import Net, Pass
from netdef.solver.listed_pass import Given, Passed, listed, passed
from tests.graph.texts import inner_product, layer
from tests.ways import RECORDS, SOURCE, batch, made

SQUARES = layer("Reduction", "two", "loss", "reduction_param { operation: SUMSQ } loss_weight: 1")


def given(number: int) -> Given:
    return Given(batch(number), torch.arange(RECORDS) + RECORDS * number, number)


def stored(net: Net) -> list[Tensor]:
    return [tensor for _, tensor in net.stored()]


def as_ever(net: Net, number: int) -> Passed:
    net.zero_grad()
    return passed(net, [each for each in stored(net) if each.requires_grad], given(number))


def check_same(one: Passed, other: Passed) -> None:
    torch.testing.assert_close(one.result.loss, other.result.loss, rtol=0, atol=0)
    torch.testing.assert_close(one.result.blobs, other.result.blobs, rtol=0, atol=0)
    torch.testing.assert_close([*one.gradients], [*other.gradients], rtol=0, atol=0)


def test_a_pass_that_is_taken_down_gives_what_it_gives_as_ever() -> None:
    net, other = made(), made()
    found, again = listed(net, stored(net), given(0))
    check_same(found, as_ever(other, 0))
    torch.testing.assert_close(stored(net), stored(other), rtol=0, atol=0)
    assert again is not None
    assert not found.result.loss.requires_grad
    assert all(parameter.grad is None for parameter in net.parameters())


def test_it_is_done_again_with_other_records_draws_and_weights() -> None:
    net, other = made(), made()
    _, again = listed(net, stored(net), given(0))
    as_ever(other, 0)
    assert again is not None
    for number in (1, 2):
        with torch.no_grad():
            for parameter in (*net.parameters(), *other.parameters()):
                parameter.mul_(1.25)
        check_same(again.again(given(number)), as_ever(other, number))
        torch.testing.assert_close(stored(net), stored(other), rtol=0, atol=0)  # statistics among them


def test_gradients_lie_as_their_parameters_do_and_share_no_memory() -> None:
    shared = 'param { name: "w" } param { name: "b" }'
    net = made(
        SOURCE,
        inner_product("x", "a", 3, shared),
        inner_product("x", "b", 3, shared),
        layer("Eltwise", "a,b", "y"),
        layer("SoftmaxWithLoss", "y,label", "loss"),
    )
    found, again = listed(net, stored(net), given(0))
    assert again is not None
    gradients = [gradient for gradient in found.gradients if gradient is not None]
    assert len({gradient.untyped_storage().data_ptr() for gradient in gradients}) == len(gradients) == 2
    for gradient, parameter in zip(gradients, net.parameters(), strict=True):
        assert gradient.stride() == parameter.stride()
    for gradient in gradients:
        gradient.zero_()  # an update may use them up
    check_same(again.again(given(1)), as_ever(net, 1))


def test_a_gradient_on_memory_of_others_is_copied() -> None:
    # The gradient of a Bias of every number is the very one that comes down: that of both is one tensor.
    whole = "bias_param { axis: 0 num_axes: -1 }"
    net = made(SOURCE, layer("Bias", "x", "one", whole), layer("Bias", "one", "two", whole), SQUARES)
    found, again = listed(net, stored(net), given(0))
    assert again is not None
    one, two = found.gradients
    assert one is not None
    assert two is not None
    assert one.untyped_storage().data_ptr() != two.untyped_storage().data_ptr()
    check_same(found, as_ever(net, 0))


def test_parameters_without_a_part_in_the_loss_have_no_gradient() -> None:
    net = made(
        SOURCE, inner_product("x", "y", 3), inner_product("x", "apart", 2), layer("SoftmaxWithLoss", "y,label", "l")
    )
    found, again = listed(net, stored(net), given(0))
    assert [gradient is None for gradient in found.gradients] == [False, False, True, True]
    assert again is not None
    assert [gradient is None for gradient in again.again(given(1)).gradients] == [False, False, True, True]


def test_a_net_that_does_not_learn_is_done_again_forward() -> None:
    net = made(SOURCE, layer("Power", "x", "y", "power_param { scale: 2 }"))
    found, again = listed(net, stored(net), given(0))
    assert found.gradients == []
    assert again is not None
    assert torch.equal(again.again(given(1)).result.blobs["y"], 2 * batch(1)["x"])


def test_labels_are_looked_at_each_time() -> None:
    net = made()
    _, again = listed(net, stored(net), given(0))
    wrong = given(1)
    wrong.inputs["label"][2] = 3
    assert again is not None
    with pytest.raises(DataError, match="a label is 3, must be from 0 to 2"):
        again.again(wrong)


def test_what_cannot_be_done_again_is_done_once() -> None:
    net = made(SOURCE, layer("Filter", "x,label", "y"), layer("Reduction", "y", "l", "loss_weight: 1"))
    found, again = listed(net, stored(net), given(0))
    assert again is None
    check_same(found, as_ever(net, 0))


def test_a_gradient_on_the_memory_of_an_output_is_copied() -> None:
    class Same(torch.autograd.Function):
        """A sum whose gradient is said to be what was added: as a layer of somebody's own may have it."""

        @staticmethod
        def forward(ctx: Any, x: Tensor, weight: Tensor) -> Tensor:
            y = x + weight
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx: Any, *_: Tensor) -> tuple[None, Tensor]:
            return None, ctx.saved_tensors[0]

    class Adding(torch.nn.Module):
        device = torch.device("cpu")
        weight = torch.nn.Parameter(torch.ones(RECORDS, 2, 7, 5))

        def forward(self, inputs: dict[str, Tensor], *, rows: Tensor | None, iteration: Tensor) -> Pass:
            y: Tensor = Same.apply(inputs["x"], self.weight)  # type: ignore[no-untyped-call]
            return Pass({"y": y}, y.sum())

    net = cast(Net, Adding())
    found, again = listed(net, [Adding.weight], given(0))
    assert again is not None
    (gradient,) = found.gradients
    assert gradient is not None
    assert torch.equal(gradient, found.result.blobs["y"])
    gradient.zero_()  # an update may use it up
    assert torch.equal(found.result.blobs["y"], batch(0)["x"] + 1)
