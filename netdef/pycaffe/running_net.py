"""Passes over a net, forward and backward, whole and in part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from netdef.blob import Blob
from netdef.errors import UsageError
from netdef.pycaffe import mode
from netdef.pycaffe.batches import Arrays, Gathered, batches, length_of
from netdef.pycaffe.buffered_net import BufferedNet
from netdef.pycaffe.described_net import DescribedNet
from netdef.pycaffe.names import need_all
from netdef.pycaffe.run import Run
from netdef.pycaffe.source_step import SourceStep
from netdef.pycaffe.supply import Supply


class RunningNet(DescribedNet):
    """A net that runs; its data layers are fed from ``supply``."""

    def __init__(self, net: BufferedNet, supply: Supply) -> None:
        super().__init__(net)
        self._supply = supply
        self._passes = 0

    def forward(
        self, blobs: Iterable[str] | None = None, start: str | None = None, end: str | None = None, **inputs: ArrayLike
    ) -> dict[str, NDArray[np.float32]]:
        """Run the layers from ``start`` to ``end``, both included, on ``inputs`` by blob name (all of them, or none).

        Return the values of the outputs, or of the tops of the layer ``end``, and of ``blobs`` beside them.
        Raises: UsageError for a layer or blob that is not there, or an input of another batch size.
        """
        first = 0 if start is None else self._names.layer(start)
        last = None if end is None else self._names.layer(end)
        wanted = [*(self.outputs if end is None else self.top_names[end]), *(blobs or ())]
        if inputs:
            need_all("inputs", inputs, self.inputs)
            self._fill(inputs, lambda blob: blob.data)
        self._forward(first, len(self._layer_names) - 1 if last is None else last)
        return {name: self._blob(name).data for name in wanted}

    def backward(
        self, diffs: Iterable[str] | None = None, start: str | None = None, end: str | None = None, **given: ArrayLike
    ) -> dict[str, NDArray[np.float32]]:
        """Run the layers backwards from ``start`` to ``end``; ``given`` are gradients of the outputs (all, or none).

        Return the gradients of the inputs, or of the bottoms of the layer ``end``, and of the blobs ``diffs``.
        Raises: UsageError likewise.
        """
        first = len(self._layer_names) - 1 if start is None else self._names.layer(start)
        last = 0 if end is None else self._names.layer(end)
        wanted = [*(self.inputs if end is None else self.bottom_names[end]), *(diffs or ())]
        if given:
            need_all("outputs", given, self.outputs)
            self._fill(given, lambda blob: blob.diff)
        self._backward(first, last)
        return {name: self._blob(name).diff for name in wanted}

    def _fill(self, arrays: Mapping[str, ArrayLike], part: Callable[[Blob], NDArray[np.float32]]) -> None:
        for name, array in arrays.items():
            blob = self._blob(name)
            rows, found = blob.shape[:1], np.shape(array)[:1]
            if rows != found:
                counts = f"{_shown(rows)} rows, the array {_shown(found)}"
                raise UsageError(f'blob "{name}" has {counts}: net.blobs["{name}"].reshape makes room for others')
            part(blob)[...] = array

    def forward_all(self, blobs: Iterable[str] | None = None, **inputs: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Run the net on arrays of any length, in batches; return all rows of the outputs and of ``blobs``."""
        found = Gathered()
        for batch in self._batch(inputs):
            found.add(self.forward(blobs, None, None, **batch))
        return found.arrays(length_of(inputs))

    def forward_backward_all(
        self, blobs: Iterable[str] | None = None, diffs: Iterable[str] | None = None, **arrays: NDArray[Any]
    ) -> tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]]]:
        """Run forward and backward on arrays of any length: inputs, and gradients of outputs, by name.

        Return all rows of the outputs and ``blobs``, and of the gradients of the inputs and ``diffs``.
        """
        forward = self._batch({name: arrays[name] for name in self.inputs if name in arrays})
        backward = self._batch({name: arrays[name] for name in self.outputs if name in arrays})
        values, gradients = Gathered(), Gathered()
        nothing: Arrays = {}
        for inputs, top_diffs in zip_longest(forward, backward, fillvalue=nothing):
            values.add(self.forward(blobs, None, None, **inputs))
            gradients.add(self.backward(diffs, None, None, **top_diffs))
        return values.arrays(length_of(arrays)), gradients.arrays(length_of(arrays))

    def _batch(self, blobs: Arrays) -> Iterator[dict[str, NDArray[Any]]]:
        return batches(blobs, self.blobs[self.inputs[0]].shape[0])

    def before_forward(self, listener: Callable[[int], object]) -> None:
        """Have ``listener`` called before each layer's forward, with its number."""
        self._net.executor.before_forward.append(listener)

    def after_forward(self, listener: Callable[[int], object]) -> None:
        """Have ``listener`` called after each layer's forward."""
        self._net.executor.after_forward.append(listener)

    def before_backward(self, listener: Callable[[int], object]) -> None:
        """Have ``listener`` called before each layer's backward."""
        self._net.executor.before_backward.append(listener)

    def after_backward(self, listener: Callable[[int], object]) -> None:
        """Have ``listener`` called after each layer's backward."""
        self._net.executor.after_backward.append(listener)

    def _forward(self, start: int, end: int) -> float:
        """Run layers by number and return the loss; where data layers are among them they get a new batch."""
        executor, device = self._net.executor, mode.current_device()
        run = Run(device, self._net.seed, self._passes)
        if any(isinstance(step, SourceStep) for step in executor.steps[start : end + 1]):
            batch = self._supply.next()
            ordinals = next(iter(batch.ordinals.values()), None)
            rows = None if ordinals is None else torch.from_numpy(ordinals)
            run = replace(run, rows=rows, inputs=batch.tensors(device, torch.float32))
        self._passes += 1
        return executor.forward(run, start, end)

    def _backward(self, start: int, end: int) -> None:
        self._net.executor.backward(start, end)


def _shown(rows: tuple[int, ...]) -> str:
    return str(rows[0]) if rows else "no"
