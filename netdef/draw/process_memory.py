"""How much memory the process of ``netdef train`` needs at its peak, on a CPU: more than what is in its tensors."""

from __future__ import annotations

from netdef.data.floats_ahead import floats_ahead
from netdef.draw.kept import numbers
from netdef.draw.memory import Memory, training_memory
from netdef.graph.graph import Node
from netdef.graph.plan import Plan
from netdef.kernels.built import are_built
from netdef.layers.base import FLOAT_BYTES
from netdef.layers.convolution import IMAGE_AXES, Convolution
from netdef.layers.shape import count

# Measured with torch 2.13 on Linux: ``python -m benchmarks.memory`` shows how near they come.
LIBRARIES = 280_000_000
QUARTER = 4  # what kernels need while they run and gaps between blocks of memory, as a part of the tensors
ALSO_MADE = 2  # batches beside those that are made ahead: the one in use, and the one that is begun
SIDES, POINTS = (3, 5), 36  # of kernels that Winograd's algorithm takes, and their values
MADE_OF_BYTES = ("Data", "ImageData")
AHEAD = 4  # batches of layers that have no option for it


class ProcessMemory(Memory):
    """An iteration's bytes, and with ``process`` those that the process has in memory at its peak, an estimate."""

    process: int


def process_memory(plan: Plan) -> ProcessMemory | None:
    """Predict the memory of training; None for another phase, or where a shape is not known."""
    found = training_memory(plan)
    if found is None:
        return None
    beside = sum(map(_batches, plan.graph.sources)) + max(map(_lent, plan.graph.nodes), default=0)
    return ProcessMemory(**found, process=LIBRARIES + found["peak"] + found["peak"] // QUARTER + beside)


def _lent(node: Node) -> int:
    """Return the bytes that a convolution by Winograd's algorithm needs while it runs: its kernels at 36 points."""
    shape = node.bottoms[0].shape if isinstance(node.layer, Convolution) else None
    if not isinstance(node.layer, Convolution) or shape is None or len(shape) != IMAGE_AXES or not are_built():
        return 0
    windows = node.layer.windows.over(IMAGE_AXES - 2)
    if not windows.are_plain() or windows.kernel[0] not in SIDES:
        return 0
    weight = node.layer.parameters(shape)[0]
    return POINTS * FLOAT_BYTES * (count(weight.shape) or 0) // windows.kernel[0] ** 2


def _batches(source: Node) -> int:
    """Return the bytes of a data layer's batches that are made ahead, as floats where compiled kernels make these.

    A batch of floats in use is the blob itself.
    """
    if not source.type.endswith("Data"):
        return 0
    message, size = source.layer.message, numbers(source.tops[0])
    ahead = message.data_param.prefetch if source.type == "Data" else AHEAD
    floats = FLOAT_BYTES * size
    if are_built() and source.type in MADE_OF_BYTES and not message.transform_param.HasField("colour_pca"):
        return (floats_ahead(ahead, floats) + ALSO_MADE - 1) * floats
    return (ahead + ALSO_MADE) * size
