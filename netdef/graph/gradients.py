"""Which layers take part in the backward pass, to which bottoms a gradient goes down, and where it begins.

Source: Net::Init, net.cpp; Layer::SetLossWeights, layer.hpp.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from netdef.graph.graph import Node, Value


def settle_gradients(nodes: Sequence[Node], *, force: bool) -> None:
    """Set ``backward`` and ``propagates`` of all nodes; ``force`` is the net's force_backward."""
    _from_parameters_up(nodes)
    _from_losses_down(nodes)
    if force:
        for node in nodes:
            node.backward = True
            takes = (node.layer.takes_gradient(index) for index in range(len(node.bottoms)))
            node.propagates = tuple(need or can for need, can in zip(node.propagates, takes, strict=True))


def _from_parameters_up(nodes: Sequence[Node]) -> None:
    """A layer needs a backward pass if it learns, or if one below it does."""
    needed: set[Value] = set()
    for node in nodes:
        from_below = [bottom in needed for bottom in node.bottoms]
        learns = any(use.parameter.learned and use.parameter.lr_mult != 0 for use in node.blobs)
        node.backward = learns or any(from_below)
        told = tuple(node.layer.message.propagate_down)
        node.propagates = told if len(told) == len(node.bottoms) else tuple(from_below)
        if node.backward:
            needed.update(node.tops)


def _from_losses_down(nodes: Sequence[Node]) -> None:
    """Take out what reaches no loss, and what only feeds branches that nothing goes down through."""
    under_loss: set[Value] = set()
    reached: set[Value] = set()
    for node in reversed(nodes):
        losses = {top for weight, top in zip(node.loss_weights, node.tops, strict=True) if weight != 0}
        begins = losses if node.layer.message.loss_weight else set()
        contributes = any(top in losses or top in under_loss for top in node.tops)
        wanted = contributes and any(top in begins or not top.consumers or top in reached for top in node.tops)
        node.backward = node.backward and wanted
        if not contributes or not wanted:
            node.propagates = (False,) * len(node.bottoms)
        if contributes:
            under_loss.update(node.bottoms)
        reached.update(bottom for bottom, down in zip(node.bottoms, node.propagates, strict=True) if down)


def weighted(nodes: Iterable[Node]) -> Iterator[tuple[Value, float, bool]]:
    """Yield the tops that count in the loss, with their weights, and whether they only count.

    In Caffe the weight that a loss has by default stands where its gradient is to be, and layers that read the loss put
    theirs in its place. A weight in the file goes to a Split, and is added.
    """
    for node in nodes:
        for top, weight in zip(node.tops, node.loss_weights, strict=True):
            if weight:
                yield top, weight, bool(top.consumers) and not node.layer.message.loss_weight


def lost_losses(nodes: Sequence[Node]) -> Iterator[tuple[Node, Node]]:
    """Go through the losses that train nothing since others read them, each with the one that does."""
    for top, _, only_counts in weighted(nodes):
        if only_counts and not top.producer.backward:
            yield top.producer, top.consumers[0][0]
