"""Whether parameters and statistics are as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter, is_

from torch import Tensor

from netdef.module.layer_module import LayerModule

_LOOKS: Sequence[Callable[[Tensor], object]] = (attrgetter("_version"), Tensor.data_ptr)


class Unchanged:
    """Remembers the blobs of modules, and tells whether they are the same tensors, to which torch has not written."""

    def __init__(self, modules: Iterable[LayerModule]) -> None:
        registries = (registry for module in modules for registry in (module._parameters, module._buffers))
        self._places = [(registry, name) for registry in registries for name in registry]
        self._tensors = self._found()
        self._marks = [[*map(look, self._tensors)] for look in _LOOKS]

    def __bool__(self) -> bool:
        now = self._found()
        if len(now) != len(self._tensors) or not all(map(is_, now, self._tensors)):
            return False
        return all([*map(look, now)] == marks for look, marks in zip(_LOOKS, self._marks, strict=True))

    def _found(self) -> list[Tensor]:
        return [tensor for registry, name in self._places if (tensor := registry[name]) is not None]
