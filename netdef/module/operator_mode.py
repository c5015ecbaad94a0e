"""A mode in which torch tells of each operator, without torch's compiler, which takes a second and 70 MB to load."""

from __future__ import annotations

from torch.utils._python_dispatch import TorchDispatchMode


class OperatorMode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While it is entered ``__torch_dispatch__`` is called in the place of each operator.

    torch would keep its compiler from tracing that function, and load the compiler to do so; what is traced never
    enters this mode.
    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False
