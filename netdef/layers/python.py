"""Python: a layer that a class of the user's computes.

Its code runs only where the caller allows it: a model file from somewhere else must not run code unasked. Where it is
not allowed the layer stands in the graph all the same, with tops of unknown shape.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, ClassVar, cast

from netdef.errors import OptionError, UsageError
from netdef.layers.base import Arity, Context, Layer, ParameterSpec, at_least
from netdef.layers.register import layer
from netdef.layers.shape import Shape, count
from netdef.layers.user_object import UserObject
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

_ALLOWED: ContextVar[bool] = ContextVar("python layers are allowed", default=False)


@contextmanager
def python_layers(allowed: bool = True) -> Iterator[None]:
    """Let Python layers of graphs that are built inside run their code, or not."""
    token = _ALLOWED.set(allowed)
    try:
        yield
    finally:
        _ALLOWED.reset(token)


@layer("Python")
class Python(Layer):
    """Run the class ``layer`` of ``module``: its setup once, its reshape and forward in every pass, backward behind.

    The class is handed lists of blobs, bottoms and tops, whose ``data`` and ``diff`` are NumPy arrays; ``reshape``
    gives the tops their shapes. Its attribute ``blobs`` holds what the solver is to learn, added in ``setup``.

    Bottom: any. Top: as the class says.
    Raises: OptionError if the file names no class, or one that is not there; UsageError if it runs unasked; what the
    class raises, with a note that names the layer.
    Source: python_layer.hpp.
    """

    bottoms: ClassVar[Arity] = at_least(0)
    tops: ClassVar[Arity] = at_least(0)
    in_place: ClassVar[bool] = True
    traceable: ClassVar[bool] = False

    def setup(self) -> None:
        """Read which class it is."""
        for field in ("module", "layer"):
            if not getattr(self.message.python_param, field):
                raise OptionError(f"has no {field}, must name a module and a class", path=("python_param",))
        self.allowed = _ALLOWED.get()
        self._user: UserObject | None = None
        self._shaped_for: tuple[Shape, ...] | None = None

    def check_ready(self) -> None:
        """Refuse to run code unasked."""
        if not self.allowed:
            options = self.message.python_param
            raise UsageError(
                f'layer "{self.message.name}" (Python) runs code of {options.module}.{options.layer},'
                " which is not allowed here\n"
                "    if you trust the model, allow it: --allow-python-layers, or allow_python_layers=True"
            )

    def user(self, *bottoms: Shape) -> UserObject:
        """Return the object of the user's class, made and set up when it is first asked for, with these bottoms."""
        self.check_ready()
        if self._user is None:
            self._user = UserObject(self.message, schema.TRAIN if self.train else schema.TEST)
            self._user.set_up(cast(tuple[tuple[int, ...], ...], bottoms))
        return self._user

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shapes that the class gives its tops; none where it may not run or a bottom is not known."""
        if not self.allowed or None in map(count, bottoms):
            return ()
        user = self.user(*bottoms)
        if bottoms != self._shaped_for:
            user.take_shapes(cast(tuple[tuple[int, ...], ...], bottoms))
            self._shaped_for = bottoms
        return tuple(top.shape for top in user.tops)

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the blobs that ``setup`` added."""
        if self._user is None:
            return ()
        return tuple(ParameterSpec(blob.shape, schema.FillerParameter()) for blob in self._user.object.blobs)

    def first_values(self, index: int) -> NDArray[np.float32] | None:
        """Return what ``setup`` wrote into a parameter."""
        return cast("NDArray[np.float32]", self.user().object.blobs[index].data)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Run the class on copies, on the host."""
        from netdef.layers.functions.user_code import UserCode

        user = self.user(*(tuple(bottom.shape) for bottom in bottoms))
        home = (ctx.device, ctx.dtype)
        return UserCode.apply(user, home, len(bottoms), *bottoms, *params)  # type: ignore[no-any-return, no-untyped-call]
