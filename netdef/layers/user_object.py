"""The object of a class that a model names, and the code of the user's that makes and runs it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from typing import Any

from netdef.blob import Blob
from netdef.errors import OptionError
from netdef.schema import netdef_pb2 as schema


class UserObject:
    """An object of the class ``layer`` of ``module``, and blobs for it to work on.

    Raises: OptionError if module or class are not there; what the user's code raises, with a note that names the layer.
    """

    def __init__(self, message: schema.LayerParameter, phase: schema.Phase) -> None:
        self.message = message
        self.phase = phase
        self.bottoms: list[Blob] = []
        self.tops = [Blob(0) for _ in message.top]
        self.object: Any = self._make()

    def _make(self) -> Any:
        options = self.message.python_param
        cls = getattr(self._module(options.module), options.layer, None)
        if cls is None:
            raise OptionError(f"module {options.module} has no class {options.layer}", path=("python_param", "layer"))
        made = self.call(cls, self.message)
        made.param_str, made.phase = options.param_str, self.phase
        return made

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
            options = self.message.python_param
            error.add_note(f'in layer "{self.message.name}" (Python: {options.module}.{options.layer})')
            raise

    def set_up(self, shapes: Sequence[tuple[int, ...]]) -> None:
        """Call ``setup``, with bottoms of these shapes."""
        self.bottoms = [Blob(*shape) for shape in shapes]
        self.call(self.object.setup, self.bottoms, self.tops)

    def take_shapes(self, shapes: Sequence[tuple[int, ...]]) -> None:
        """Call ``reshape``, with bottoms of these shapes."""
        for blob, shape in zip(self.bottoms, shapes, strict=True):
            blob.reshape(*shape)
        self.call(self.object.reshape, self.bottoms, self.tops)
