"""The schema files: each field explained, each number where Caffe has it, the generated code up to date."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf import text_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

from netdef.schema import netdef_pb2, weights_pb2

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
PROTOS = ("netdef/schema/netdef.proto", "netdef/schema/weights.proto")
MODULES = {PROTOS[0]: netdef_pb2.DESCRIPTOR, PROTOS[1]: weights_pb2.DESCRIPTOR}
DECLARATION = re.compile(r"^ *(?:optional|required|repeated|message|enum) +[^;]*|^ *[A-Z]\w* = \d+;")

# Numbers that neither Caffe nor any of its known forks uses.
FREE_NUMBERS = {
    "LayerParameter": [range(300, 301), range(302, 600)],
    "NetParameter": [range(102, 200)],
    "DataParameter": [range(17, 3001)],
    "ImageDataParameter": [range(26, 1000)],
    "HDF5DataParameter": [range(10, 1000)],
    "WindowDataParameter": [range(20, 1000)],
    "LRNParameter": [range(20, 1000)],
    "LossParameter": [range(100, 1000)],
    "ParamSpec": [range(100, 1000)],
    "ConvolutionParameter": [range(31, 1000)],
    "TanHParameter": [range(20, 1000)],
    "TransformationParameter": [range(39, 208)],
    "SolverParameter": [range(57, 150)],
    "SolverState": [range(7, 1000)],
}

KNOWN_NUMBERS = {
    "BlobProto": {"data": 5, "diff": 6, "shape": 7, "double_data": 8, "double_diff": 9},
    "Datum": {"channels": 1, "data": 4, "label": 5, "float_data": 6, "encoded": 7},
    "NetParameter": {"name": 1, "layers": 2, "input": 3, "input_dim": 4, "input_shape": 8, "layer": 100},
    "LayerParameter": {"name": 1, "type": 2, "bottom": 3, "top": 4, "param": 6, "blobs": 7, "convolution_param": 106},
    "V1LayerParameter": {"layer": 1, "bottom": 2, "top": 3, "name": 4, "type": 5, "blobs": 6, "convolution_param": 10},
    "V0LayerParameter": {"name": 1, "type": 2, "kernelsize": 8, "blobs": 50, "hdf5_output_param": 1001},
    "ConvolutionParameter": {"num_output": 1, "pad": 3, "kernel_size": 4, "stride": 6, "dilation": 18},
    "SolverParameter": {"train_net": 1, "base_lr": 5, "net": 24, "solver_type": 30, "type": 40, "weights": 42},
    "SolverState": {"iter": 1, "learned_net": 2, "history": 3, "current_step": 4},
}


def described(proto: str) -> Iterator[tuple[str, str, str]]:
    """Each declaration of a schema file with the message it stands in and the comment above it."""
    message, comment = "", ""
    for line in (ROOT / proto).read_text(encoding="utf-8").splitlines():
        if DECLARATION.match(line):
            if line.startswith("message "):
                message = line.split()[1]
            yield message, line.strip(), comment.strip()
        comment = comment + line.strip().removeprefix("//") if line.strip().startswith("//") else ""


def fields() -> Iterator[tuple[Descriptor, FieldDescriptor]]:
    for message in netdef_pb2.DESCRIPTOR.message_types_by_name.values():
        for field in message.fields:
            yield message, field


@pytest.mark.parametrize("proto", PROTOS)
def test_every_declaration_has_a_comment(proto: str) -> None:
    declarations = list(described(proto))
    assert len(declarations) > 50
    assert [(message, line) for message, line, comment in declarations if len(comment) < 4] == []


@pytest.mark.parametrize("proto", PROTOS)
def test_the_scan_for_comments_sees_every_field(proto: str) -> None:
    scanned = sum(line.startswith(("optional ", "required ", "repeated ")) for _, line, _ in described(proto))
    assert scanned == sum(len(message.fields) for message in MODULES[proto].message_types_by_name.values())


@pytest.mark.parametrize("proto", PROTOS)
def test_lines_are_short(proto: str) -> None:
    lines = (ROOT / proto).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 120] == []


@pytest.mark.parametrize("name", KNOWN_NUMBERS)
def test_numbers_are_those_of_the_format(name: str) -> None:
    message = netdef_pb2.DESCRIPTOR.message_types_by_name[name]
    assert {field: message.fields_by_name[field].number for field in KNOWN_NUMBERS[name]} == KNOWN_NUMBERS[name]


def test_own_fields_are_marked_and_take_free_numbers() -> None:
    marked = {
        (message, match.group(1))
        for message, line, comment in described(PROTOS[0])
        if comment.startswith("Own:") and (match := re.match(r"\w+ \w+ (\w+) = ", line))
    }
    own = {
        (message.name, field.name)
        for message, field in fields()
        if any(field.number in numbers for numbers in FREE_NUMBERS.get(message.name, []))
    }
    assert marked == own
    assert len(own) >= 14


def test_no_other_message_has_numbers_above_caffes() -> None:
    legacy = {"param", "blob_share_mode", "hdf5_output_param"}
    unknown = [
        (message.name, field.name)
        for message, field in fields()
        if message.name not in FREE_NUMBERS and field.number > 70 and field.name not in legacy
    ]
    assert unknown == []


@pytest.mark.parametrize(
    "message", ["BlobProto", "BlobShape", "NetParameter", "PlateauState", "SolverState", "SourcePosition"]
)
def test_the_schema_for_weights_has_the_same_numbers(message: str) -> None:
    full = netdef_pb2.DESCRIPTOR.message_types_by_name[message].fields_by_name
    small = weights_pb2.DESCRIPTOR.message_types_by_name[message].fields
    shared = [field for field in small if not field.name.startswith("raw_")]
    assert [(field.name, field.number) for field in shared] == [
        (field.name, full[field.name].number) for field in shared
    ]


def test_the_schema_for_weights_reads_and_writes_the_same_bytes() -> None:
    blob = netdef_pb2.BlobProto(data=[1.5, -2, 3], diff=[4], shape=netdef_pb2.BlobShape(dim=[3, 1]), double_data=[7])
    net = netdef_pb2.NetParameter(name="n")
    net.layer.add(name="conv", type="Convolution", bottom=["a"], top=["b"], blobs=[blob])
    small = weights_pb2.NetParameter.FromString(net.SerializeToString())
    assert small.layer[0].blobs[0].data == b"\0\0\xc0\x3f\0\0\0\xc0\0\0\x40\x40"
    assert netdef_pb2.NetParameter.FromString(small.SerializeToString()) == net


def test_floats_with_a_tag_each_leave_the_bytes_empty() -> None:
    unpacked = b"\x2d\0\0\x80\x3f\x2d\0\0\0\x40"
    assert list(netdef_pb2.BlobProto.FromString(unpacked).data) == [1, 2]
    assert weights_pb2.BlobProto.FromString(unpacked).data == b""


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("nets/*.prototxt")), ids=lambda path: path.stem)
def test_caffes_nets_parse(path: Path) -> None:
    net = text_format.Parse(path.read_text(), netdef_pb2.NetParameter())
    assert net.layer or net.layers


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("snapshots/*.solverstate")), ids=lambda path: path.stem)
def test_caffes_solver_states_have_no_unknown_fields(path: Path) -> None:
    state = netdef_pb2.SolverState.FromString(path.read_bytes())
    known = netdef_pb2.SolverState.FromString(path.read_bytes())
    known.DiscardUnknownFields()
    assert state.SerializeToString() == known.SerializeToString()
    assert state.iter > 0


def protoc(*arguments: str) -> None:
    pytest.importorskip("grpc_tools")
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", "-I", ".", *arguments, *PROTOS], cwd=ROOT, check=True)


def test_the_generated_modules_describe_the_schema_files(tmp_path: Path) -> None:
    protoc(f"--descriptor_set_out={tmp_path}/set")
    files = FileDescriptorSet.FromString((tmp_path / "set").read_bytes()).file
    for file in files:
        generated = FileDescriptorProto.FromString(MODULES[file.name].serialized_pb)
        assert comparable(file) == comparable(generated)


def test_generating_again_gives_the_committed_files(tmp_path: Path) -> None:
    protoc(f"--python_out={tmp_path}", f"--pyi_out={tmp_path}")
    made = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*_pb2.py*")}
    assert len(made) == 4
    committed = {path: (ROOT / path).read_text() for path in made}
    if generators(made) != generators(committed):
        pytest.skip("another version of the generator made the committed files")
    assert made == committed


def generators(files: dict[Path, str]) -> set[str]:
    return set(re.findall(r"# Protobuf Python Version: .*", "".join(files.values())))


def comparable(file: FileDescriptorProto) -> FileDescriptorProto:
    """Without what depends on the generator: names for JSON, and how many digits a float32 default has."""
    plain = FileDescriptorProto()
    plain.CopyFrom(file)
    for message in plain.message_type:
        for field in message.field:
            field.ClearField("json_name")
            if field.type == field.TYPE_FLOAT and field.HasField("default_value"):
                field.default_value = struct.pack("f", float(field.default_value)).hex()
    return plain
