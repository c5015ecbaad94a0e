"""Nets whose layers' types there are: fields and types that nobody knows are told of together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from os import PathLike

from netdef.errors import OptionError, Problem
from netdef.graph.problems import title
from netdef.layers.register import layer_type
from netdef.prototxt.parse import in_file_order
from netdef.schema import netdef_pb2 as schema
from netdef.schema.kind import FileKind
from netdef.schema.load import Edit, Loaded, examine_net, is_error, refuse_errors, unchanged


def load_typed(path: str | PathLike[str], edit: Edit = unchanged) -> Loaded[schema.NetParameter]:
    """Read a net that is to be built; ``edit`` may change its syntax tree before it is given a meaning.

    A file without errors is returned even if it has unknown types: they matter only to phases that have these layers.

    Raises: DefinitionError with everything wrong in the file, and all unknown types beside it.
    """
    loaded = examine_net(path, edit)
    if any(map(is_error, loaded.problems)):
        problems = in_file_order([*loaded.problems, *_unknown_types(loaded)])
        loaded = replace(loaded, problems=problems)
    return refuse_errors(loaded, FileKind.NET)


def _unknown_types(loaded: Loaded[schema.NetParameter]) -> Iterator[Problem]:
    for position, layer in enumerate(loaded.message.layer):
        if layer.type:
            try:
                layer_type(layer.type)
            except OptionError as error:
                place = loaded.locate(("layer", position, *error.path))
                yield Problem(f"{title(layer)}: {error.message}", place, error.hint)
