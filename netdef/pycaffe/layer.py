"""What the user's own layers are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from netdef.blob import Blob
from netdef.pycaffe.blob_vec import BlobVec


class Layer:
    """Base of a layer that is written in Python: ``type: "Python"`` with ``python_param { module: … layer: … }``.

    ``param_str`` is the file's text for it, ``phase`` is TRAIN or TEST; ``blobs`` is what the solver learns.
    """

    blobs: BlobVec
    param_str: str = ""
    phase: int = 1
    type = "Python"

    def __new__(cls, *arguments: Any, **named: Any) -> Self:
        """Give the layer its blobs, whatever the class's own ``__init__`` does."""
        made = super().__new__(cls)
        made.blobs = BlobVec()
        return made

    def __init__(self, *arguments: Any) -> None:
        """Take the layer's message, which only few classes look at."""

    @property
    def param_str_(self) -> str:
        """The file's text under its name before Caffe 1.0, which layers of that time still use."""
        return self.param_str

    def setup(self, bottom: Sequence[Blob], top: Sequence[Blob]) -> None:
        """Check the bottoms, read ``param_str``, add ``blobs``; called once."""

    def reshape(self, bottom: Sequence[Blob], top: Sequence[Blob]) -> None:
        """Give the tops their shapes; called before every forward."""
        raise NotImplementedError(f"{type(self).__name__} has no method reshape")

    def forward(self, bottom: Sequence[Blob], top: Sequence[Blob]) -> None:
        """Compute ``top[i].data``."""
        raise NotImplementedError(f"{type(self).__name__} has no method forward")

    def backward(self, top: Sequence[Blob], propagate_down: Sequence[bool], bottom: Sequence[Blob]) -> None:
        """Compute ``bottom[i].diff`` where ``propagate_down[i]``, and add to ``self.blobs[i].diff``."""
        raise NotImplementedError(f"{type(self).__name__} has no method backward")
