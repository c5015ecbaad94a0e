"""Of which layers somebody sees, or changes, what they do: these run by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

from torch.nn.modules import module as torch_module

from netdef.graph.graph import Node
from netdef.module.layer_module import LayerModule
from netdef.module.watched import HOOKS, REPLACED, latest_change

# Hooks of all modules that there are, and what a module has of its own.
EVERYWHERE = (
    torch_module._global_forward_hooks,
    torch_module._global_forward_pre_hooks,
    torch_module._global_backward_hooks,
    torch_module._global_backward_pre_hooks,
)
_hooks = itemgetter(*HOOKS)


class Watch:
    """Looks over the modules of a net, if any module has changed since nobody was seen."""

    def __init__(self, modules: Iterable[LayerModule]) -> None:
        self._modules = tuple(modules)
        self._nobody_since: object = None

    def alone(self) -> set[Node]:
        """Return the layers that run by themselves."""
        if any(EVERYWHERE):
            return {module.node for module in self._modules}
        change = latest_change()
        if self._nobody_since is change:
            return set()
        found = {module.node for module in self._modules if any(_hooks(vars(module))) or not _is_own(module)}
        self._nobody_since = None if found else change
        return found


def _is_own(module: LayerModule) -> bool:
    return type(module) is LayerModule and not any(name in vars(module) for name in REPLACED)
