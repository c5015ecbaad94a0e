from __future__ import annotations

from pathlib import Path

import pytest
from google.protobuf import text_format

from netdef.schema.netdef_pb2 import SolverParameter
from netdef.schema.upgrade import Upgraded, UpgradeError, upgrade_solver

GOLDEN = Path(__file__).parents[2] / "golden" / "upgrade"
V1_RELU = 'layers { type: RELU name: "r" }'


def read(text: str) -> SolverParameter:
    return text_format.Parse(text, SolverParameter())


def upgraded(text: str) -> Upgraded[SolverParameter]:
    return upgrade_solver(read(text))


def test_the_text_becomes_what_caffe_makes_of_it() -> None:
    old = read((GOLDEN / "solver_old.prototxt").read_text())
    assert upgrade_solver(old).message == read((GOLDEN / "solver_old.upgraded.prototxt").read_text())
    assert old.solver_type == SolverParameter.ADAGRAD


@pytest.mark.parametrize("name", ["SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam"])
def test_every_old_type_has_a_name(name: str) -> None:
    result = upgraded(f"solver_type: {name.upper()}")
    assert result.message == SolverParameter(type=name)
    assert result.original(("type",)) == ("solver_type",)
    assert "`solver_type`" in result.notices[0]


def test_both_types_are_refused() -> None:
    with pytest.raises(UpgradeError, match='type "SGD" and solver_type ADAM, must have one of them') as caught:
        upgraded('type: "SGD" solver_type: ADAM')
    assert caught.value.path == ("solver_type",)


def test_nets_inside_the_file_are_upgraded() -> None:
    modern, old = 'layer { name: "m" type: "ReLU" }', V1_RELU
    result = upgraded(
        f"net_param {{ {old} }} train_net_param {{ {old} }} test_net_param {{ {modern} }} test_net_param {{ {old} }}"
    )
    message = result.message
    nets = [message.net_param, message.train_net_param, *message.test_net_param]
    assert [[(layer.name, layer.type) for layer in net.layer] for net in nets] == [
        [("r", "ReLU")],
        [("r", "ReLU")],
        [("m", "ReLU")],
        [("r", "ReLU")],
    ]
    assert result.original(("net_param", "layer", 0, "name")) == ("net_param", "layers", 0, "name")
    assert result.original(("test_net_param", 1, "layer", 0)) == ("test_net_param", 1, "layers", 0)
    assert result.original(("test_net_param", 0, "layer", 0)) == ("test_net_param", 0, "layer", 0)
    assert result.notices == ("old forms read as today's: `layers`; `netdef upgrade` rewrites the file",)


def test_an_error_in_a_net_names_the_net() -> None:
    with pytest.raises(UpgradeError, match="1 `layer` and 1 `layers`") as caught:
        upgraded(f"test_net_param {{ }} test_net_param {{ layer {{ }} {V1_RELU} }}")
    assert caught.value.path == ("test_net_param", 1, "layers", 0)


def test_a_solver_of_today_stays() -> None:
    solver = read('type: "Adam" net_param { layer { type: "ReLU" } }')
    result = upgrade_solver(solver)
    assert result.message is solver
    assert result.notices == ()
