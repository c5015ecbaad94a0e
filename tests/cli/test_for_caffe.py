"""``netdef expand --for-caffe``: files that Caffe's own parser takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from netdef.schema import netdef_pb2 as schema
from netdef.schema.own import is_own

Run = Any
MODELS = Path(__file__).parents[2] / "models"
DATA = 'layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 dim: 5 dim: 4 } } }\n'


def strict() -> type[Any]:
    """The message of a net without netdef's own fields: what Caffe's parser knows."""
    file = FileDescriptorProto()
    schema.DESCRIPTOR.CopyToProto(file)
    for message in file.message_type:
        own = {field.name for field in schema.DESCRIPTOR.message_types_by_name[message.name].fields if is_own(field)}
        kept = [field for field in message.field if field.name not in own]
        del message.field[:]
        message.field.extend(kept)
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("netdef.NetParameter"))


def plain(run: Run, folder: Path, text: str) -> Any:
    (folder / "net").write_text(text)
    return run("expand", "--for-caffe", folder / "net", folder / "out")


def refused(run: Run, folder: Path, text: str) -> str:
    result = plain(run, folder, text)
    assert result.code == 1
    assert not (folder / "out").exists()
    return str(result.err)


@pytest.mark.parametrize("model", ["lenet", "alexnet", "resnet18"])
def test_a_model_that_ships_is_one_that_caffe_reads(run: Run, tmp_path: Path, model: str) -> None:
    assert run("expand", "--for-caffe", MODELS / f"{model}.prototxt", tmp_path / "out").code == 0
    net = text_format.Parse((tmp_path / "out").read_text(), strict()())
    assert len(net.layer) > 5


def test_what_is_left_out_is_told(run: Run, tmp_path: Path) -> None:
    result = plain(
        run,
        tmp_path,
        DATA + 'layer { name: "r" type: "ReLU" bottom: "x" top: "y" device: "0" device: "1" }\ndialect: "segnet"\n',
    )
    assert result.code == 0
    assert [line.partition("left out ")[2] for line in result.err.splitlines()] == [
        "device (2 times)",
        "dialect (1 time)",
    ]
    assert "device" not in (tmp_path / "out").read_text()


def test_the_factors_of_groups_are_multiplied_into_the_layers(run: Run, tmp_path: Path) -> None:
    text = DATA + (
        'layer_group { name: "slow" lr_mult: 0.5 decay_mult: 3 }\nlayer_group { name: "still" freeze: true }\n'
        'layer { name: "a" type: "InnerProduct" bottom: "x" top: "a" in_group: "slow" param { lr_mult: 4 }\n'
        "  inner_product_param { num_output: 2 } }\n"
        'layer { name: "b" type: "InnerProduct" bottom: "a" top: "b" in_group: "still"\n'
        "  inner_product_param { num_output: 2 bias_term: false } }\n"
    )
    assert plain(run, tmp_path, text).code == 0
    net = text_format.Parse((tmp_path / "out").read_text(), strict()())
    said = [[(param.lr_mult, param.decay_mult) for param in layer.param] for layer in net.layer]
    assert said == [[], [(2, 3), (0.5, 3)], [(0, 0)]]


@pytest.mark.parametrize(
    ("layer", "error"),
    [
        ('type: "LRN" lrn_param { group: 3 }', "net:2:64: group is netdef's own"),
        ('type: "Pooling" pooling_param { pool: SUM kernel_size: 2 }', "pool: SUM is netdef's own"),
    ],
)
def test_what_would_change_numbers_is_refused(run: Run, tmp_path: Path, layer: str, error: str) -> None:
    told = refused(run, tmp_path, DATA + f'layer {{ name: "l" bottom: "x" top: "y" {layer} }}\n')
    assert error in told
    assert "Caffe would compute something else" in told


def test_frozen_statistics_have_no_words_in_caffe(run: Run, tmp_path: Path) -> None:
    group = 'layer_group { name: "still" freeze: true }\n'
    layer = 'layer { name: "n" type: "BatchNorm" bottom: "x" top: "y" in_group: "still" }\n'
    assert "write use_global_stats: true into its batch_norm_param" in refused(run, tmp_path, DATA + group + layer)


def test_unknown_numbers_of_parameters_are_refused(run: Run, tmp_path: Path) -> None:
    text = (
        'layer_group { name: "slow" lr_mult: 0.5 }\nlayer { name: "d" type: "Python" top: "x" python_param '
        '{ module: "m" layer: "L" } }\nlayer { name: "i" type: "InnerProduct" bottom: "x" top: "y" '
        'in_group: "slow" inner_product_param { num_output: 2 } }\n'
    )
    assert "how many parameters it has is not known" in refused(run, tmp_path, text)


def test_a_solver_keeps_to_caffes_policies(run: Run, tmp_path: Path) -> None:
    (tmp_path / "net").write_text('net: "n"\nbase_lr: 1\nlr_policy: "plateau"\nwarmup_iter: 5\n')
    result = run("expand", "--for-caffe", tmp_path / "net", "-")
    assert result.code == 1
    assert 'net:3:1: the policy "plateau" is netdef\'s own' in result.err
    assert "net:4:1: warmup_iter is netdef's own" in result.err
