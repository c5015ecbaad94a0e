"""Updates by netdef's own compiled kernels, in one pass over parameters, gradients and histories."""

from __future__ import annotations

from abc import abstractmethod
from ctypes import Array, Structure, addressof, c_double, c_int64
from typing import TYPE_CHECKING, ClassVar

from netdef.kernels.built import kernel, width
from netdef.solver.rules.base import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

WORTH_A_THREAD = 1 << 15  # numbers: another thread awakes no sooner than these are updated


class Options(Structure):
    """What kernels are told: how many parameters there are, and the rule's options; those that it has not are zero."""

    _fields_ = [
        *((name, c_int64) for name in ("tensors", "threads")),
        *((name, c_double) for name in ("rate", "decay", "momentum", "delta")),
    ]


class CompiledRule(Rule):
    """A rule that has a kernel of netdef's own."""

    kernel: ClassVar[str]

    @abstractmethod
    def options(self) -> dict[str, float]:
        """Return the options of the rule itself, by the names that kernels have for them."""

    def has_kernel(self, like: Tensor) -> bool:
        """Tell whether netdef's own kernels suit such a parameter."""
        return suits(like)

    def step_by_kernel(
        self,
        parameters: list[Tensor],
        gradients: list[Tensor],
        histories: list[list[Tensor]],
        *,
        rate: float,
        decay: float,
        iteration: int,
    ) -> None:
        """Update by the rule's kernel."""
        update(self.kernel, Options(rate=rate, decay=decay, **self.options()), parameters, gradients, *histories)


def suits(parameter: Tensor) -> bool:
    """Tell whether kernels were built, and take parameters of this one's kind."""
    from netdef.layers.functions.plain import are_plain

    return width() is not None and are_plain(parameter)


def update(rule: str, options: Options, *tensors: Sequence[Tensor]) -> None:
    """Update by a rule's kernel: parameters, by their gradients, with each kind of histories.

    The tensors of one parameter must lie alike, without gaps, which kernels do not check.
    """
    from netdef.layers.functions.calls import threads_for

    parameters = tensors[0]
    sizes = [parameter.numel() for parameter in parameters]
    options.tensors = len(parameters)
    options.threads = threads_for(sum(sizes), WORTH_A_THREAD)
    call = kernel(rule, 3)
    assert call is not None, "kernels are not built"
    addresses = [tensor.data_ptr() for kind in tensors for tensor in kind]
    call(addressof(options), _integers(sizes), _integers(addresses))


def _integers(values: Sequence[int]) -> Array[c_int64]:
    return (c_int64 * len(values))(*values)
