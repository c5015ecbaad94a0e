"""The ways in which a solver's nets compute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netdef.devices import round_products
from netdef.module.precision import Precision, compute_in
from netdef.net import Net
from netdef.schema import netdef_pb2 as schema

OWN_FIELDS = ("precision", "tf32", "compile", "cuda_graph")
"""The solver's fields that say how to compute, and leave alone what."""


def precision_of(options: schema.SolverParameter) -> Precision:
    """Return the numbers in which the nets of a solver compute."""
    return Precision(schema.SolverParameter.Precision.Name(options.precision))


def described(options: schema.SolverParameter) -> str:
    """Return how a solver's nets compute where that is not Caffe's way; else nothing."""
    flags = {"TF32": options.tf32, "compiled": options.compile, "recorded": options.cuda_graph}
    words = [] if precision_of(options) is Precision.FP32 else [precision_of(options).value]
    return ", ".join(words + [word for word, holds in flags.items() if holds])


def computing_as(options: schema.SolverParameter, make_net: Callable[..., Net]) -> Callable[..., Net]:
    """Return a maker of nets that compute as a solver says.

    Raises: UsageError, when a net is made, if it cannot.
    """

    def make(*what: Any, **how: Any) -> Net:
        net = make_net(*what, **how)
        compute_in(precision_of(options), net)
        if options.tf32:
            round_products(net.device)
        if options.compile and net.graph.train:
            from netdef.module.compiled import compile_training  # with torch's compiler: a second to import

            compile_training(net)
        return net

    return make
