"""Layers of the second form (``layers { type: CONVOLUTION … }``) made today's (``layer { type: "Convolution" … }``)."""

from __future__ import annotations

from netdef.schema.netdef_pb2 import LayerParameter, NetParameter, V1LayerParameter
from netdef.schema.upgrade.fields import move_field
from netdef.schema.upgrade.paths import Path
from netdef.schema.upgrade.result import Upgraded, UpgradeError

TYPES = {
    "ABSVAL": "AbsVal",
    "ACCURACY": "Accuracy",
    "ARGMAX": "ArgMax",
    "BNLL": "BNLL",
    "CONCAT": "Concat",
    "CONTRASTIVE_LOSS": "ContrastiveLoss",
    "CONVOLUTION": "Convolution",
    "DATA": "Data",
    "DECONVOLUTION": "Deconvolution",
    "DROPOUT": "Dropout",
    "DUMMY_DATA": "DummyData",
    "ELTWISE": "Eltwise",
    "EUCLIDEAN_LOSS": "EuclideanLoss",
    "EXP": "Exp",
    "FLATTEN": "Flatten",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "HINGE_LOSS": "HingeLoss",
    "IM2COL": "Im2col",
    "IMAGE_DATA": "ImageData",
    "INFOGAIN_LOSS": "InfogainLoss",
    "INNER_PRODUCT": "InnerProduct",
    "LRN": "LRN",
    "MEMORY_DATA": "MemoryData",
    "MULTINOMIAL_LOGISTIC_LOSS": "MultinomialLogisticLoss",
    "MVN": "MVN",
    "NONE": "",
    "POOLING": "Pooling",
    "POWER": "Power",
    "RELU": "ReLU",
    "SIGMOID": "Sigmoid",
    "SIGMOID_CROSS_ENTROPY_LOSS": "SigmoidCrossEntropyLoss",
    "SILENCE": "Silence",
    "SLICE": "Slice",
    "SOFTMAX": "Softmax",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "SPLIT": "Split",
    "TANH": "TanH",
    "THRESHOLD": "Threshold",
    "WINDOW_DATA": "WindowData",
}
# Four lists that ran side by side, one entry a parameter, and the field of ParamSpec that each became.
_PARAM_FIELDS = {
    "param": "name",
    "blob_share_mode": "share_mode",
    "blobs_lr": "lr_mult",
    "weight_decay": "decay_mult",
}


def upgrade(net: NetParameter) -> Upgraded[NetParameter]:
    """Turn every V1 layer into one of today's.

    Raises: UpgradeError if the net has layers of both forms.
    Source: upgrade_proto.cpp, UpgradeV1LayerParameter
    """
    if not net.layers:
        return Upgraded(net)
    if net.layer:
        message = f"the net has {len(net.layer)} `layer` and {len(net.layers)} `layers`, must have one form only"
        raise UpgradeError(
            ("layers", 0), message, "write each `layers` as `layer`; `netdef upgrade` does it for a file"
        )
    upgraded = NetParameter()
    upgraded.CopyFrom(net)
    del upgraded.layers[:]
    paths: dict[Path, Path] = {}
    for index, old in enumerate(net.layers):
        new_start, old_start = ("layer", index), ("layers", index)
        paths[new_start] = old_start
        moved = _upgrade_layer(old, upgraded.layer.add())
        paths |= {new_start + new: old_start + before for new, before in moved.items()}
    return Upgraded(upgraded, paths, ("`layers`",))


def _upgrade_layer(old: V1LayerParameter, new: LayerParameter) -> dict[Path, Path]:
    if old.HasField("type") and (name := TYPES[V1LayerParameter.LayerType.Name(old.type)]):
        new.type = name
    for field, _ in old.ListFields():
        if field.name != "type" and field.name not in _PARAM_FIELDS:
            move_field(old, field.name, new)
    return _upgrade_params(old, new)


def _upgrade_params(old: V1LayerParameter, new: LayerParameter) -> dict[Path, Path]:
    moved: dict[Path, Path] = {}
    for before, after in _PARAM_FIELDS.items():
        for index, value in enumerate(getattr(old, before)):
            if index == len(new.param):
                new.param.add()
                moved["param", index] = (before, index)
            setattr(new.param[index], after, value)
            moved["param", index, after] = (before, index)
    return moved
