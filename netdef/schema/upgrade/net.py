"""All steps that bring a net to today's form, in their order."""

from __future__ import annotations

from netdef.schema.netdef_pb2 import NetParameter
from netdef.schema.upgrade import batch_norm, data_transform, inputs, v0, v0_padding, v1
from netdef.schema.upgrade.result import Upgraded

# Each step takes what the one before it yields: V0 layers become V1, and only V1 layers have data options to move.
_STEPS = (
    v0_padding.upgrade,
    v0.upgrade,
    data_transform.upgrade,
    v1.upgrade,
    inputs.upgrade,
    batch_norm.upgrade,
)


def upgrade_net(net: NetParameter) -> Upgraded[NetParameter]:
    """Bring a net of any age to today's form: only ``layer``, no ``layers``, no ``input``.

    Raises: UpgradeError where it cannot be done.
    Source: upgrade_proto.cpp
    """
    return upgrade_forms(net).announced()


def upgrade_forms(net: NetParameter) -> Upgraded[NetParameter]:
    """Do the same with one notice for each old form, its name."""
    result = Upgraded(net)
    for step in _STEPS:
        result = result.then(step)
    return result
