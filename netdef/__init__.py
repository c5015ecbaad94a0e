"""netdef: Caffe's networks, solvers and data on PyTorch.

``netdef.load`` makes a net of a model file, ``netdef.open_training`` a run of a solver file; ``netdef.Net`` and
``netdef.Solver`` are what they are made of, ``netdef.errors`` everything that they raise.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from netdef import errors

if TYPE_CHECKING:
    from netdef.loading import load
    from netdef.net import Net
    from netdef.session import open_training
    from netdef.solver.loop import Solver

__all__ = ["Net", "Solver", "errors", "load", "open_training"]

_HOMES = {
    "Net": "netdef.net",
    "Solver": "netdef.solver.loop",
    "load": "netdef.loading",
    "open_training": "netdef.session",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: torch takes its time, and the command line often needs none of it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'netdef' has no attribute {name!r}")
