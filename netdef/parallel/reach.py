"""Which parameters a loss reaches, known from the graph before anything runs."""

from __future__ import annotations

from netdef.graph.graph import Graph, Parameter, Value


def reached(graph: Graph) -> set[Parameter]:
    """Return the learned parameters that get a gradient from some loss."""
    found: set[Parameter] = set()
    alive: set[Value] = set()
    for node in reversed(graph.nodes):
        if any(node.loss_weights) or not alive.isdisjoint(node.tops):
            alive |= {bottom for bottom, down in zip(node.bottoms, node.propagates, strict=True) if down}
            found |= {use.parameter for use in node.blobs if use.parameter.learned}
    return found


def always_reached(graph: Graph) -> bool:
    """Tell whether every learned parameter gets a gradient in every pass: not where layers choose by their inputs."""
    learned = {parameter for parameter in graph.parameters if parameter.learned}
    return learned == reached(graph) and all(node.layer.traceable for node in graph.nodes)
