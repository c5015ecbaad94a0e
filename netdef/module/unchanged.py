"""Whether parameters and statistics are as they were."""

from __future__ import annotations

from collections.abc import Iterable

from netdef.module.layer_module import LayerModule


class Unchanged:
    """Remembers the blobs of modules, and tells whether they are the same tensors, to which torch has not written."""

    def __init__(self, modules: Iterable[LayerModule]) -> None:
        registries = (registry for module in modules for registry in (module._parameters, module._buffers))
        self._marks = [
            (registry, name, tensor, tensor._version, tensor.data_ptr())
            for registry in registries
            for name, tensor in registry.items()
            if tensor is not None
        ]

    def __bool__(self) -> bool:
        # One by one and in a loop: it is asked before each pass, when nothing of this is in the caches.
        for registry, name, tensor, version, address in self._marks:
            if registry.get(name) is not tensor or tensor._version != version or tensor.data_ptr() != address:
                return False
        return True
