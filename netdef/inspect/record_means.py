"""Outputs with one entry a record, averaged over the records of a batch: so that batches of any size agree."""

from __future__ import annotations

from netdef.graph.graph import Graph, Value
from netdef.net import Pass


def record_means(graph: Graph, result: Pass) -> Pass:
    """Return a pass with the net's outputs alone; of those whose first axis is the batch, the mean over it."""
    batch = graph.sources[0].tops[0].shape
    length = batch[0] if batch else None
    blobs = {
        value.name: tensor.float().mean(0) if _has_records(value, length) else tensor
        for value in graph.outputs
        for tensor in (result.blobs[value.name],)
    }
    return Pass(blobs, result.loss)


def _has_records(value: Value, length: int | None) -> bool:
    # An Accuracy layer's second top has one entry a class, and there may be as many of these as records.
    first = value.shape[0] if value.shape else None
    return first is not None and first == length and value.producer.type != "Accuracy"
