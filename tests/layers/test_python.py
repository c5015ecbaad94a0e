from __future__ import annotations

import sys

import pytest
import torch
from google.protobuf import text_format

from netdef.errors import DefinitionError, OptionError, UsageError
from netdef.graph.build import build
from netdef.graph.graph import Graph
from netdef.layers.python import Python, python_layers
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.layers.contract import check_text, context, make, numbers

USERS = "tests.layers.user_layers"


def options(name: str, words: str = "", module: str = USERS) -> str:
    return f'python_param {{ module: "{module}" layer: "{name}" param_str: "{words}" }}'


def make_python(name: str, words: str = "", *, bottoms: int = 1, train: bool = False) -> Python:
    with python_layers():
        layer = make("Python", options(name, words), bottoms=bottoms, train=train)
    assert isinstance(layer, Python)
    return layer


def graph_of(name: str, words: str = "", *, allowed: bool = True, phase: schema.Phase = schema.TEST) -> Graph:
    text = f"""
    layer {{ name: "x" type: "Input" top: "x" input_param {{ shape {{ dim: 2 dim: 3 }} }} }}
    layer {{ name: "user" type: "Python" bottom: "x" top: "y" {options(name, words)} loss_weight: 1 }}
    layer {{ name: "r" type: "ReLU" bottom: "y" top: "r" }}
    """
    with python_layers(allowed):
        return build(text_format.Parse(text, schema.NetParameter(force_backward=True)), schema.NetState(phase=phase))


def test_the_class_says_shapes_and_parameters() -> None:
    layer = make_python("WeightedProduct", bottoms=2)
    assert layer.shapes((4, 3), (4, 3)) == ((4, 3),)
    (parameter,) = layer.parameters((4, 3), (4, 3))
    assert parameter.shape == (3,)
    first = layer.first_values(0)
    assert first is not None
    assert first.tolist() == [1, 2, 3]
    check_text(layer)


def test_setup_is_called_once_and_reshape_where_shapes_change() -> None:
    layer = make_python("WeightedProduct", bottoms=2)
    layer.shapes((4, 3), (4, 3))
    layer.shapes((4, 3), (4, 3))
    assert layer.user().object.calls == ["setup", "reshape"]
    assert layer.shapes((5, 3), (5, 3)) == ((5, 3),)
    assert layer.user().object.calls == ["setup", "reshape", "reshape"]


def test_unknown_bottoms_give_unknown_tops() -> None:
    layer = make_python("WeightedProduct", bottoms=2)
    assert layer.shapes((None, 3), (4, 3)) == ()
    assert layer.parameters((None, 3), (4, 3)) == ()


def test_forward_and_backward_are_the_classs_own() -> None:
    layer = make_python("WeightedProduct", bottoms=2)
    a, b = (numbers(4, 3, seed=seed).float().requires_grad_() for seed in (1, 2))
    weights = torch.tensor([2.0, -1.0, 0.5], requires_grad=True)
    layer.shapes((4, 3), (4, 3))
    (top,) = layer.forward(context(layer), [weights], a, b)
    torch.testing.assert_close(top, weights * a * b)
    slopes = numbers(4, 3, seed=3).float()
    found = torch.autograd.grad(top, [a, b, weights], slopes)
    wanted = torch.autograd.grad(weights * a * b, [a, b, weights], slopes)
    for one, other in zip(found, wanted, strict=True):
        torch.testing.assert_close(one, other)
    assert layer.user().object.calls[-1] == "backward [True, True]"


def test_propagate_down_tells_where_a_gradient_is_wanted() -> None:
    layer = make_python("WeightedProduct", bottoms=2)
    a, b = numbers(4, 3).float(), numbers(4, 3).float().requires_grad_()
    layer.shapes((4, 3), (4, 3))
    (top,) = layer.forward(context(layer), [torch.ones(3)], a, b)
    top.sum().backward()  # type: ignore[no-untyped-call]
    assert layer.user().object.calls[-1] == "backward [False, True]"
    assert a.grad is None


def test_a_layer_without_bottoms_is_a_source_of_its_own() -> None:
    layer = make_python("Counter", bottoms=0)
    assert layer.shapes() == ((1,),)
    assert [float(layer.forward(context(layer), [])[0]) for _ in range(3)] == [1, 2, 3]


@pytest.mark.parametrize("train", [True, False])
def test_phase_and_param_str_are_set_before_setup(train: bool) -> None:
    layer = make_python("Echo", "12345", train=train)
    layer.shapes((2, 3))
    (top,) = layer.forward(context(layer), [], numbers(2, 3).float())
    assert top.tolist() == [schema.TRAIN if train else schema.TEST, 5]


@pytest.mark.parametrize("method", ["setup", "reshape"])
def test_errors_of_the_class_come_out_as_they_are(method: str) -> None:
    with pytest.raises(KeyError, match=f"no luck in {method}") as caught:
        graph_of("Broken", method)
    assert caught.value.__notes__ == [f'in layer "user" (Python: {USERS}.Broken)']


@pytest.mark.parametrize("method", ["forward", "backward"])
def test_errors_while_running_come_out_too(method: str) -> None:
    net = Net(graph_of("Broken", method))
    with pytest.raises(KeyError, match=f"no luck in {method}") as caught:
        net({"x": torch.ones(2, 3, requires_grad=True)}).loss.backward()
    assert 'in layer "user"' in caught.value.__notes__[0]


def test_code_runs_only_when_allowed() -> None:
    sys.modules.pop(USERS, None)
    graph = graph_of("Echo", allowed=False)
    assert USERS not in sys.modules
    assert [value.shape for value in graph.nodes[1].tops] == [None]
    with pytest.raises(UsageError, match=rf'layer "user" \(Python\) runs code of {USERS}.Echo') as caught:
        Net(graph)
    assert "allow_python_layers=True" in str(caught.value)


def test_permission_ends_with_its_block() -> None:
    with python_layers(), python_layers(False):
        assert not make("Python", options("Echo")).allowed  # type: ignore[attr-defined]
    assert not make("Python", options("Echo")).allowed  # type: ignore[attr-defined]


def test_what_names_no_class_is_refused() -> None:
    with pytest.raises(OptionError, match="has no layer, must name a module and a class"):
        make("Python", 'python_param { module: "m" }')
    with python_layers():
        absent = make("Python", options("Echo", module="no_such_module_anywhere"))
        unknown = make("Python", options("Nobody"))
    with pytest.raises(OptionError, match='there is no module "no_such_module_anywhere"') as caught:
        absent.shapes((2, 3))
    assert "PYTHONPATH" in caught.value.hint
    with pytest.raises(OptionError, match=f"module {USERS} has no class Nobody"):
        unknown.shapes((2, 3))


def test_a_missing_class_is_told_with_the_place_in_the_file() -> None:
    with pytest.raises(DefinitionError, match=r'layer "user" \(Python\): module .* has no class Nobody'):
        graph_of("Nobody")
