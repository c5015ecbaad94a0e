"""Python: a layer that a class of the user's computes.

Its code runs only where the caller allows it: a model file from somewhere else must not run code unasked. Where it is
not allowed the layer stands in the graph all the same, with tops of unknown shape.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar, cast

from netdef.blob import Blob
from netdef.errors import OptionError, UsageError
from netdef.layers.base import Arity, Context, Layer, ParameterSpec, at_least
from netdef.layers.register import layer
from netdef.layers.shape import Shape, count
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
        options = self.message.python_param
        self.allowed = _ALLOWED.get()
        self.title = f"{options.module}.{options.layer}"
        for field in ("module", "layer"):
            if not getattr(options, field):
                raise OptionError(f"has no {field}, must name a module and a class", path=("python_param",))
        self.bottom_blobs: list[Blob] = []
        self.top_blobs: list[Blob] = []
        self._user: Any = None
        self._shaped_for: tuple[Shape, ...] | None = None

    def check_ready(self) -> None:
        """Refuse to run code unasked."""
        if not self.allowed:
            raise UsageError(
                f'layer "{self.message.name}" (Python) runs code of {self.title}, which is not allowed here\n'
                "    if you trust the model, allow it: --allow-python-layers, or allow_python_layers=True"
            )

    @property
    def user(self) -> Any:
        """The object of the user's class, made when it is first needed."""
        self.check_ready()
        if self._user is None:
            self._user = self._make()
        return self._user

    def _make(self) -> Any:
        options = self.message.python_param
        cls = getattr(self._module(options.module), options.layer, None)
        if cls is None:
            raise OptionError(f"module {options.module} has no class {options.layer}", path=("python_param", "layer"))
        user = self.call(cls, self.message)
        user.param_str = options.param_str
        user.phase = schema.TRAIN if self.train else schema.TEST
        return user

    def _module(self, name: str) -> Any:
        if name not in sys.modules and importlib.util.find_spec(name.partition(".")[0]) is None:
            hint = "put the folder that holds it on PYTHONPATH"
            raise OptionError(f'there is no module "{name}"', path=("python_param", "module"), hint=hint)
        return self.call(importlib.import_module, name)

    def call(self, function: Any, *arguments: object) -> Any:
        """Call code of the user's; what it raises comes out as it is, with a note."""
        try:
            return function(*arguments)
        except Exception as error:
            error.add_note(f'in layer "{self.message.name}" (Python: {self.title})')
            raise

    def shapes(self, *bottoms: Shape) -> tuple[Shape, ...]:
        """Return the shapes that the class gives its tops; none where it may not run or a bottom is not known."""
        if not self.allowed or None in map(count, bottoms):
            return ()
        if bottoms != self._shaped_for:
            self._set_up(cast(tuple[tuple[int, ...], ...], bottoms))
            self._shaped_for = bottoms
        return tuple(top.shape for top in self.top_blobs)

    def _set_up(self, bottoms: Sequence[tuple[int, ...]]) -> None:
        if self._user is None:
            self.bottom_blobs = [Blob(*shape) for shape in bottoms]
            self.top_blobs = [Blob(0) for _ in self.message.top]
            self.call(self.user.setup, self.bottom_blobs, self.top_blobs)
        self.take_shapes(bottoms)

    def take_shapes(self, bottoms: Sequence[tuple[int, ...]]) -> None:
        """Reshape the layer's own blobs for bottoms of these shapes."""
        for blob, shape in zip(self.bottom_blobs, bottoms, strict=True):
            blob.reshape(*shape)
        self.call(self.user.reshape, self.bottom_blobs, self.top_blobs)

    def parameters(self, *bottoms: Shape) -> tuple[ParameterSpec, ...]:
        """Return the blobs that ``setup`` added."""
        if self._user is None:
            return ()
        return tuple(ParameterSpec(blob.shape, schema.FillerParameter()) for blob in self._user.blobs)

    def first_values(self, index: int) -> NDArray[np.float32] | None:
        """Return what ``setup`` wrote into a parameter."""
        return cast("NDArray[np.float32]", self.user.blobs[index].data)

    def forward(self, ctx: Context, params: Sequence[Tensor], *bottoms: Tensor) -> tuple[Tensor, ...]:
        """Run the class on copies, on the host."""
        from netdef.layers.functions.user_code import UserCode

        if self._user is None:  # the shapes were not known before
            self.shapes(*(tuple(bottom.shape) for bottom in bottoms))
        home = (ctx.device, ctx.dtype)
        return UserCode.apply(self, home, len(bottoms), *bottoms, *params)  # type: ignore[no-any-return, no-untyped-call]
