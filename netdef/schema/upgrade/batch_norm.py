"""BatchNorm layers that list their three blobs as parameters: they never learn."""

from __future__ import annotations

from netdef.schema.netdef_pb2 import LayerParameter, NetParameter
from netdef.schema.upgrade.result import Upgraded

_BLOBS = 3


def upgrade(net: NetParameter) -> Upgraded[NetParameter]:
    """Set lr_mult and decay_mult to 0 in every BatchNorm with exactly three ``param``.

    Most files say lr_mult: 0 themselves: only one that says otherwise is worth a notice.
    Source: upgrade_proto.cpp, UpgradeNetBatchNorm
    """
    if not any(map(_may_decay, net.layer)):
        return Upgraded(net)
    upgraded = NetParameter()
    upgraded.CopyFrom(net)
    for layer in filter(_may_decay, upgraded.layer):
        for param in layer.param:
            param.lr_mult = param.decay_mult = 0
    return Upgraded(upgraded, notices=("`lr_mult` of BatchNorm",) if any(map(_would_learn, net.layer)) else ())


def _lists_blobs(layer: LayerParameter) -> bool:
    return layer.type == "BatchNorm" and len(layer.param) == _BLOBS


def _would_learn(layer: LayerParameter) -> bool:
    return _lists_blobs(layer) and any(param.lr_mult != 0 for param in layer.param)


def _may_decay(layer: LayerParameter) -> bool:
    return _lists_blobs(layer) and any(param.lr_mult != 0 or param.decay_mult != 0 for param in layer.param)
