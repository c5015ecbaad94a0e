"""pycaffe's Net."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Self

from numpy.typing import ArrayLike

from netdef.errors import UsageError
from netdef.graph.typed import load_typed
from netdef.layers.python import python_layers
from netdef.model import graph_of
from netdef.pycaffe import mode
from netdef.pycaffe.buffered_net import BufferedNet
from netdef.pycaffe.debug_info import DebugLog
from netdef.pycaffe.removed import not_in_net
from netdef.pycaffe.running_net import RunningNet
from netdef.pycaffe.supply import Supply
from netdef.schema import netdef_pb2 as schema
from netdef.weights.file import save_weights
from netdef.weights.hdf5 import write_hdf5
from netdef.weights.load import load_weights
from netdef.weights.saved_layers import saved_net

FilePath = str | PathLike[str]


class PhaseError(UsageError, TypeError):
    """A net of which nobody says what it is for."""


class Net(RunningNet):
    """A net in one phase, with blobs to look at and to write into.

    ``Net(file, phase, level=0, stages=None, weights=None)``, or as in old scripts ``Net(file, weights, phase)``.

    Raises: DefinitionError with everything wrong in the file; WeightsError; PhaseError for ``Net(file, weights)``; what
    Python layers raise.
    """

    def __init__(
        self,
        network_file: FilePath,
        phase: int | FilePath,
        level: int | None = None,
        stages: Iterable[str] | None = None,
        weights: FilePath | None = None,
    ) -> None:
        number: int | None = phase if isinstance(phase, int) else level
        if not isinstance(phase, int):  # the old order: file, weights, phase
            level, weights = 0, phase
        if number is None:
            raise PhaseError("Net has a file and weights, but no phase: caffe.Net(file, weights, caffe.TEST)")
        state = schema.NetState(phase=number, level=level or 0, stage=stages or ())  # type: ignore[arg-type]
        seed = mode.current_seed()
        with python_layers():
            graph = graph_of(load_typed(fspath(network_file)), state)
            net = BufferedNet(graph, seed=seed, device=mode.current_device())
        self._take(net, Supply(graph, Path(network_file).parent, seed=seed, name=graph.name))
        if graph.debug_info:
            DebugLog(net).turn(True)
        if weights is not None:
            self.copy_from(weights)

    @classmethod
    def over(cls, net: BufferedNet, supply: Supply) -> Self:
        """Return pycaffe's view of a net that is there already."""
        made = cls.__new__(cls)
        made._take(net, supply)
        return made

    def _take(self, net: BufferedNet, supply: Supply) -> None:
        super().__init__(net, supply)
        weakref.finalize(self, supply.close)

    def __getattr__(self, name: str) -> Any:
        """Say what came in the place of a name that nets had once.

        Raises: RemovedError.
        """
        raise not_in_net(type(self).__name__, name)

    def set_input_arrays(self, data: ArrayLike, labels: ArrayLike) -> None:
        """Give the net's MemoryData layer, which must be its first, arrays to take batches from.

        Raises: UsageError if there is none, or the shapes do not fit.
        """
        sources = self._supply.in_memory
        if not sources or sources[0].node.index != 0:
            raise UsageError("set_input_arrays fills a MemoryData layer, but the net's first layer is none")
        sources[0].set(data, labels)

    def reshape(self) -> None:
        """Carry new shapes of inputs through the net."""
        self._net.executor.reshape()

    def clear_param_diffs(self) -> None:
        """Set the gradients of all parameters to zero."""
        self._net.zero_grad()

    def copy_from(self, weights: FilePath) -> None:
        """Load weights, layer by layer by name.

        Raises: WeightsError if the file cannot be read or a blob does not fit.
        """
        self.settle()
        load_weights(self._net, fspath(weights), none_will_do=True)  # as Caffe

    load_hdf5 = copy_from

    def share_with(self, other: Net) -> None:
        """Have the parameters of another net's layers of the same names from now on, in its memory."""
        self._net.share_with(other._net)

    def save(self, path: FilePath) -> None:
        """Write the weights: as HDF5 if the name ends in .h5, else as a .caffemodel."""
        self.settle()
        save_weights(self._net, fspath(path))

    def save_hdf5(self, path: FilePath, write_diff: bool = False) -> None:
        """Write the weights as HDF5, with ``write_diff`` the gradients too."""
        self.settle()
        write_hdf5(saved_net(self._net), fspath(path), diffs=write_diff)

    def settle(self) -> None:
        """Bring parameters and gradients to where they are saved, loaded and updated: to the net's own tensors."""
        self._net.held.bring_home()
