"""What a policy that watches a test result asks of the test nets."""

from __future__ import annotations

from netdef.errors import DefinitionError, OptionError, Problem
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import Loaded
from netdef.solver.graphs import SolverGraphs
from netdef.solver.policies.plateau import check_metric


def check_watched(loaded: Loaded[schema.SolverParameter], graphs: SolverGraphs) -> None:
    """Refuse a solver whose policy watches what no test net gives.

    Raises: DefinitionError.
    """
    try:
        check_metric(loaded.message, [value.name for test in graphs.tests for value in test.graph.outputs])
    except OptionError as error:
        raise DefinitionError([Problem(error.message, loaded.locate(error.path), error.hint)]) from None
