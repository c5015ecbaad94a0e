"""Formulas that torch's compiler makes kernels of, for GPUs."""

from __future__ import annotations

import importlib.util
import logging
import shutil
from collections.abc import Callable
from functools import cache
from typing import Any

import torch

_log = logging.getLogger(__name__)
Formula = Callable[..., Any]


@cache
def compiler_is_there() -> bool:
    """Tell whether there is what torch's compiler needs for a GPU; if not, say so once."""
    lacking = [] if importlib.util.find_spec("triton") else ["triton"]
    lacking += [] if any(map(shutil.which, ("gcc", "cc", "clang"))) else ["a C compiler"]
    if lacking:
        _log.warning("LRN runs in several passes over memory, for want of %s: the numbers are the same", lacking[0])
    return not lacking


class Kernel:
    """A formula of tensors and numbers, compiled when it first runs; as it is where the compiler fails.

    Inside of a pass that is being compiled it is a part of that.
    """

    def __init__(self, formula: Formula, compiler: Callable[[Formula], Formula] | None = None) -> None:
        self._formula = formula
        self._compiler = compiler or _compiled
        self._run: Formula | None = None

    def __call__(self, *given: Any) -> Any:
        """Compute it."""
        if torch.compiler.is_compiling():
            return self._formula(*given)
        try:
            self._run = self._run or self._compiler(self._formula)
            return self._run(*given)
        except torch.OutOfMemoryError:
            raise
        except (RuntimeError, ImportError, OSError) as error:
            if self._run is self._formula:
                raise
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            _log.warning("no kernel could be made of %s, which runs as it is: %s", self._formula.__name__, reason)
            self._run = self._formula
            return self._formula(*given)


def _compiled(formula: Formula) -> Formula:
    compiled: Formula = torch.compile(formula, dynamic=False)
    return compiled
