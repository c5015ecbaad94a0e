from __future__ import annotations

import pytest
import torch

from netdef.errors import UsageError
from netdef.module.layer_module import LayerModule
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import IMAGES, LABELS, inner_product, layer
from tests.nets import LOSS, inputs, net, numbers, random_product
from tests.recurrent import register


def module(of: Net, index: int) -> LayerModule:
    found = of.layers[index]
    assert isinstance(found, LayerModule)
    return found


def test_layers_run_in_file_order_on_the_versions_that_they_name() -> None:
    double = "power_param { scale: 2 }"
    add_one = "power_param { shift: 1 }"
    made = net(
        IMAGES,
        layer("Power", "x", "before", add_one),
        layer("Power", "x", "x", double, name="in place"),
        layer("Power", "x", "after", add_one),
    )
    x = numbers(5, 3)
    result = made({"x": x})
    torch.testing.assert_close(result.blobs["before"], x + 1)
    torch.testing.assert_close(result.blobs["after"], 2 * x + 1)
    torch.testing.assert_close(x, numbers(5, 3))  # the caller's tensor is as it was


def test_outputs_come_sorted_by_name_then_what_is_kept_as_it_was_asked_for() -> None:
    made = net(IMAGES, LABELS, layer("Power", "x", "zebra"), random_product("x", "y"), LOSS, layer("Power", "x", "ant"))
    assert list(made(inputs()).blobs) == ["ant", "loss", "zebra"]
    assert list(made(inputs(), keep=["y", "zebra", "label", "x"]).blobs) == ["ant", "loss", "zebra", "y", "label", "x"]


def test_a_blob_is_kept_in_its_last_version() -> None:
    made = net(IMAGES, layer("Power", "x", "x", "power_param { scale: 3 }", name="p"), layer("Silence", "x"))
    torch.testing.assert_close(made(inputs(), keep=["x"]).blobs["x"], 3 * inputs()["x"])


def test_an_unknown_blob_to_keep_is_refused_with_those_there_are() -> None:
    made = net(IMAGES, layer("Power", "x", "y"), 'name: "tiny"')
    with pytest.raises(UsageError, match='net "tiny" has no blob "z"; it has: x, y'):
        made(inputs(), keep=["x", "z"])


def test_a_missing_input_is_refused_with_what_is_given() -> None:
    made = net(IMAGES, LABELS, layer("Power", "x", "y"))
    with pytest.raises(UsageError, match='input blob "label" is missing; given: x'):
        made({"x": numbers(5, 3)})
    with pytest.raises(UsageError, match='input blob "x" is missing; given: none'):
        made({})


def test_the_loss_is_the_sum_of_all_tops_times_their_weights() -> None:
    weighted = layer("Slice", "x", "a,b", "loss_weight: 0.5 loss_weight: 2 slice_param { slice_point: 1 }", name="cut")
    made = net(IMAGES, LABELS, weighted, random_product("x", "y"), LOSS)
    result = made(inputs())
    x = inputs()["x"]
    expected = 0.5 * x[:, :1].sum() + 2 * x[:, 1:].sum() + result.blobs["loss"]
    torch.testing.assert_close(result.loss, expected)


@pytest.mark.parametrize(
    ("own", "below", "began"),
    [
        ("", "loss_weight: 2", 6.0),  # the reader's gradient takes the place of a weight that the file does not give
        ("loss_weight: 1", "loss_weight: 2", 7.0),
        ("", "loss_weight: 2 propagate_down: false", 0.0),
        ("", "", 0.0),
        ("loss_weight: 1", "", 1.0),
    ],
)
def test_a_loss_that_others_read_has_their_gradients(own: str, below: str, began: float) -> None:
    common = IMAGES, random_product("x", "y", outputs=3), layer("EuclideanLoss", "y,x", "l", own)
    found = net(*common, layer("Power", "l", "p", f"power_param {{ scale: 3 }} {below}"))
    alone = net(*common)
    gradients = []
    for each in (found, alone):
        loss = each(inputs()).loss
        if loss.requires_grad:
            loss.backward()
        weights = each.blobs_of("y")[0]
        gradients.append(torch.zeros_like(weights) if weights.grad is None else weights.grad)
    torch.testing.assert_close(gradients[0], began * gradients[1])


def test_the_loss_is_not_kept_in_16_bits() -> None:
    made = net(IMAGES, layer("Power", "x", "y", "loss_weight: 1"), dtype=torch.bfloat16)
    assert made({"x": torch.ones(5, 3, dtype=torch.bfloat16)}).loss.dtype == torch.float32


def test_a_net_without_a_loss_has_the_loss_0() -> None:
    result = net(IMAGES, random_product("x", "y"))(inputs())
    assert result.loss.item() == 0
    assert not result.loss.requires_grad


def test_everything_is_float64_where_the_net_is() -> None:
    made = net(IMAGES, LABELS, layer("BatchNorm", "x", "n"), random_product("n", "y"), LOSS, dtype=torch.float64)
    result = made(inputs(torch.float64))
    assert {tensor.dtype for tensor in (*made.tensors.values(), *result.blobs.values(), result.loss)} == {torch.float64}
    result.loss.backward()
    weight = made.blobs_of("y")[0]
    assert weight.grad is not None
    step = torch.zeros_like(weight)
    step[1, 2] = 1e-6
    with torch.no_grad():
        slopes = [(weight.copy_(weight + sign * step), made(inputs(torch.float64)).loss)[1] for sign in (1, -2)]
    torch.testing.assert_close((slopes[0] - slopes[1]) / 2e-6, weight.grad[1, 2], rtol=1e-6, atol=1e-9)


def test_a_shared_parameter_is_one_tensor_with_one_gradient() -> None:
    texts = [random_product("x", top, 4, 'param { name: "w" } param { name: "b" }') for top in ("p", "q")]
    made = net(IMAGES, *texts, layer("Eltwise", "p,q", "s"), layer("Reduction", "s", "loss", "loss_weight: 1"))
    assert len(made.tensors) == len(list(made.parameters())) == 2
    assert made.blobs_of("p")[0] is made.blobs_of("q")[0]
    made(inputs()).loss.backward()
    grad = made.blobs_of("p")[1].grad
    assert grad is not None
    torch.testing.assert_close(grad, torch.full((4,), 2.0 * 5))


def test_a_parameter_shared_permissively_is_seen_in_each_layers_shape() -> None:
    wide = 'layer { name: "wide" type: "Input" top: "w" input_param { shape { dim: 5 dim: 6 } } }'
    texts = [
        random_product("x", "p", 4, 'param { name: "w" }'),
        random_product("w", "q", 2, 'param { name: "w" share_mode: PERMISSIVE }'),
    ]
    made = net(IMAGES, wide, *texts)
    one, other = made.blobs_of("p")[0], made.blobs_of("q")[0]
    assert (one.shape, other.shape) == ((4, 3), (2, 6))
    assert one.flatten().tolist() == other.flatten().tolist()
    x = {"x": numbers(5, 3), "w": numbers(5, 6, seed=1)}
    torch.testing.assert_close(made(x).blobs["q"], x["w"] @ one.detach().view(2, 6).T)


def test_a_frozen_layer_keeps_its_parameters_and_statistics() -> None:
    group = 'layer_group { name: "still" freeze: true }'
    made = net(
        group,
        IMAGES,
        layer("BatchNorm", "x", "n", 'in_group: "still"'),
        random_product("n", "y", 4, 'in_group: "still"'),
    )
    before = [tensor.clone() for tensor in made.tensors.values()]
    made(inputs())
    assert not any(tensor.requires_grad for tensor in made.tensors.values())
    torch.testing.assert_close(list(made.tensors.values()), before)


def test_statistics_are_carried_on_after_the_pass() -> None:
    fraction = "batch_norm_param { moving_average_fraction: 0.5 }"
    made = net(IMAGES, layer("BatchNorm", "x", "n", fraction), layer("Power", "n", "y"))
    x = inputs()["x"]
    for _ in range(2):
        made(inputs())
    mean, variance, factor = made.blobs_of("n")
    torch.testing.assert_close(mean, 1.5 * x.mean(0))
    torch.testing.assert_close(variance, 1.5 * x.var(0))
    assert factor.tolist() == [1.5]


def test_a_test_net_shares_parameters_and_statistics_with_the_train_net() -> None:
    texts = [IMAGES, layer("BatchNorm", "x", "n"), random_product("n", "y")]
    train = net(*texts, seed=1)
    test = net(*texts, random_product("y", "head"), phase=schema.TEST, seed=2, share=train)
    for name in "ny":
        assert [blob.data_ptr() for blob in test.blobs_of(name)] == [blob.data_ptr() for blob in train.blobs_of(name)]
    train(inputs())
    scaled = (inputs()["x"] - inputs()["x"].mean(0)) / (inputs()["x"].var(0) + 1e-5).sqrt()
    torch.testing.assert_close(test(inputs(), keep=["n"]).blobs["n"], scaled)
    with torch.no_grad():
        train.blobs_of("y")[1].fill_(7)
    assert test.blobs_of("y")[1].tolist() == [7] * 4


def test_a_test_net_whose_data_is_missing_takes_its_shapes_from_the_train_net() -> None:
    missing = 'layer { name: "d" type: "Data" top: "x" data_param { source: "nowhere" batch_size: 5 } }'
    train = net(IMAGES, inner_product("x", "y"))
    assert net(missing, inner_product("x", "y"), share=train).blobs_of("y")[0] is train.blobs_of("y")[0]


def test_a_net_of_unknown_parameters_is_refused() -> None:
    with pytest.raises(UsageError, match=r'layer "y" \(InnerProduct\): the shape of its bottom "x" is not known'):
        net('layer { name: "in" type: "Input" top: "x" }', inner_product("x", "y"))


def test_the_seed_the_layer_and_the_blob_make_the_first_values() -> None:
    texts = [IMAGES, random_product("x", "y"), random_product("x", "z")]
    one, same, other = net(*texts, seed=1), net(*texts, seed=1), net(*texts, seed=2)
    assert torch.equal(one.blobs_of("y")[0], same.blobs_of("y")[0])
    assert not torch.equal(one.blobs_of("y")[0], other.blobs_of("y")[0])
    assert not torch.equal(one.blobs_of("y")[0], one.blobs_of("z")[0])


@pytest.mark.parametrize("name", ["conv1.1", "type", "forward", "keys", "", "a/b", "blob_0"])
def test_a_layer_of_any_name_runs(name: str) -> None:
    text = random_product("x", "y").replace('name: "y"', f'name: "{name}"')
    made = net(IMAGES, text, layer("ReLU", "y", "y", name="r"))
    x = inputs()["x"]
    weight, bias = made.blobs_of(name)
    torch.testing.assert_close(made(inputs()).blobs["y"], (x @ weight.T + bias).relu())


def test_layers_of_one_name_have_values_and_draws_of_their_own() -> None:
    twins = [random_product("x", top, 4, name="twin") for top in ("a", "b")]
    drops = [layer("Dropout", "x", top, name="drop") for top in ("c", "d")]
    made = net(IMAGES, *twins, *drops)
    assert not torch.equal(module(made, 1).blobs[0], module(made, 2).blobs[0])
    assert made.blobs_of("twin")[0] is module(made, 1).blobs[0]
    result = made({"x": torch.ones(5, 3)})
    assert not torch.equal(result.blobs["c"], result.blobs["d"])


def test_an_unknown_layer_has_no_blobs() -> None:
    with pytest.raises(UsageError, match='net "tiny" has no layer "z"'):
        net('name: "tiny"', IMAGES).blobs_of("z")


def test_draws_hang_on_the_seed_the_records_and_where_there_are_none_on_the_iteration() -> None:
    made = net(IMAGES, layer("Dropout", "x", "y"))
    ones = {"x": torch.ones(5, 3)}

    def masks(**keys: object) -> list[float]:
        return made(ones, **keys).blobs["y"].flatten().tolist()  # type: ignore[no-any-return]

    rows = torch.arange(20, 25)
    assert masks(iteration=1) == masks(iteration=1) != masks(iteration=2)
    assert masks(rows=rows, iteration=1) == masks(rows=rows, iteration=2) != masks(rows=rows + 1)
    moved = made(ones, rows=rows.flip(0)).blobs["y"].flip(0)
    assert moved.flatten().tolist() == masks(rows=rows)
    assert net(IMAGES, layer("Dropout", "x", "y"), seed=3)(ones, rows=rows).blobs["y"].flatten().tolist() != masks(
        rows=rows
    )


def test_hidden_state_is_carried_and_backward_works_after_it_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    made = net(IMAGES, layer("Remembering", "x", "h"), layer("Reduction", "h", "loss", "loss_weight: 1"))
    x = inputs()["x"]
    first = made(inputs(), keep=["h"])
    torch.testing.assert_close(first.blobs["h"], 2 * x)
    second = made(inputs(), keep=["h"])
    torch.testing.assert_close(second.blobs["h"], 2 * x + (2 * x) ** 2)
    (weight,) = made.blobs_of("h")
    for result in (first, second):  # nothing goes back through the state: each pass has the derivative x
        weight.grad = None
        result.loss.backward()
        torch.testing.assert_close(weight.grad, x.sum().view(1))


def test_hidden_state_is_no_parameter_and_not_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    texts = [IMAGES, layer("Remembering", "x", "h")]
    train = net(*texts)
    test = net(*texts, phase=schema.TEST, share=train)
    train(inputs())
    assert len(train.tensors) == 1
    assert module(train, 1).state[0].abs().sum() > 0
    assert module(test, 1).state[0].abs().sum() == 0
    torch.testing.assert_close(test(inputs()).blobs["h"], 2 * inputs()["x"])


def test_a_frozen_layer_still_remembers(monkeypatch: pytest.MonkeyPatch) -> None:
    register(monkeypatch)
    made = net(
        'layer_group { name: "still" freeze: true }', IMAGES, layer("Remembering", "x", "h", 'in_group: "still"')
    )
    first, second = (made(inputs()).blobs["h"] for _ in range(2))
    torch.testing.assert_close(second, first + first**2)


def test_an_automatic_top_counts_in_the_loss_and_is_no_output() -> None:
    made = net(IMAGES, LABELS, random_product("x", "y"), layer("SoftmaxWithLoss", "y,label", name="loss"))
    result = made(inputs())
    assert result.blobs == {}
    assert result.loss.item() > 0


def test_inputs_that_a_layer_cannot_take_are_refused() -> None:
    made = net(IMAGES, random_product("x", "y"))
    assert made({"x": numbers(2, 3)}).blobs["y"].shape == (2, 4)
    for _ in range(2):
        with pytest.raises(
            UsageError,
            match=r'cannot take "x" 2×5: layer "y" \(InnerProduct\): a bottom of 2×5 needs a parameter 0 of 4×5',
        ):
            made({"x": numbers(2, 5)})
