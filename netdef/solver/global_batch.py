"""The batch of all workers together, and each one's share of it."""

from __future__ import annotations

from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema

OPTIONS = {
    "Data": "data_param",
    "HDF5Data": "hdf5_data_param",
    "ImageData": "image_data_param",
    "MemoryData": "memory_data_param",
    "WindowData": "window_data_param",
}
"""The options of the layers that have a batch_size."""


def batch_share(options: schema.SolverParameter, workers: int) -> int | None:
    """Return the batch_size of one of ``workers``, where the solver gives ``global_batch``; else None: the layers' own.

    Raises: OptionError if it cannot be shared out equally.
    """
    if not options.HasField("global_batch"):
        return None
    whole = options.global_batch
    if whole < 1:
        raise OptionError(f"global_batch is {whole}, must be at least 1", path=("global_batch",))
    if whole % workers:
        fitting = [str(count) for count in range(1, min(whole, 2 * workers) + 1) if whole % count == 0]
        raise OptionError(
            f"global_batch is {whole}, which {workers} workers cannot share equally",
            path=("global_batch",),
            hint=f"give a multiple of {workers}, or train with {', '.join(fitting)} workers",
        )
    return whole // workers


def with_batch(net: schema.NetParameter, size: int) -> schema.NetParameter:
    """Return a net whose data layers give batches of ``size`` records."""
    changed = schema.NetParameter()
    changed.CopyFrom(net)
    for layer in changed.layer:
        if layer.type in OPTIONS:
            getattr(layer, OPTIONS[layer.type]).batch_size = size
    return changed
