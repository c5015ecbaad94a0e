"""Warnings of numbers that are not what the writer of a net may take them for."""

from __future__ import annotations

from collections.abc import Sequence

from netdef.graph.gradients import lost_losses
from netdef.graph.graph import Node
from netdef.graph.in_place import lost_in_caffe, lost_on_cpu, spoilt_in_caffe
from netdef.graph.problems import Problems, title
from netdef.graph.shared_memory import changed_in_caffe
from netdef.schema import netdef_pb2 as schema


def warn_of_values(nodes: Sequence[Node], problems: Problems) -> None:
    """Warn of those that are wrong in Caffe."""
    for node in lost_in_caffe(nodes):
        problems.warn(
            ("layer", node.position),
            f'{title(node.layer.message)}: Caffe leaves out bottom "{node.bottoms[0].name}" here, since it clears the'
            " top, which is the same memory, before it reads it; netdef takes it in",
            hint="give the layer a top of its own to make both agree",
        )
    for node in lost_on_cpu(nodes):
        problems.warn(
            ("layer", node.position),
            f'{title(node.layer.message)}: Caffe on the CPU loses bottom "{node.bottoms[0].name}" here, since it writes'
            " over it before it reads it; netdef computes what Caffe does on a GPU",
            hint="give the layer a top of its own to make both agree",
        )
    for writer, reader, read in changed_in_caffe(nodes):
        problems.warn(
            ("layer", writer.position),
            f'{title(writer.layer.message)}: Caffe changes blob "{read.name}" here, too, before layer "{reader.name}"'
            f' reads it: "{writer.tops[0].name}" has its memory; netdef keeps it',
            hint=f'give layer "{writer.name}" a top of its own to make both agree',
        )


def warn_of_gradients(nodes: Sequence[Node], state: schema.NetState, problems: Problems) -> None:
    """Warn of those that are wrong in Caffe, and of losses that train nothing."""
    for node, writer in spoilt_in_caffe(nodes):
        by = "it" if writer is node else f'layer "{writer.name}"'
        problems.warn(
            ("layer", node.position),
            f"{title(node.layer.message)}: Caffe's gradient is wrong below it, since its backward pass reads values"
            f" that {by} overwrites in place; netdef computes the true one",
            hint=f'give layer "{writer.name}" a top of its own to make both agree',
        )
    for node, reader in lost_losses(nodes) if state.phase == schema.TRAIN else ():
        problems.warn(
            ("layer", node.position),
            f'{title(node.layer.message)}: trains nothing, as in Caffe: layer "{reader.name}" reads it, and writes its'
            " own gradient, none, over the weight that a loss without loss_weight has",
            hint="with loss_weight: 1 it trains",
        )
