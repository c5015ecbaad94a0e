"""A net whose training runs as code that torch's compiler makes of all its layers together."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from types import FunctionType
from typing import Any

import torch
from torch import Tensor, nn
from torch._dynamo.exc import TorchDynamoException
from torch.func import functional_call

from netdef.errors import UsageError
from netdef.module.layer_module import LayerModule
from netdef.module.way import Pass, Run, Runs

WAY_OUT = "leave out compile (--compile): only the speed changes"
_NUMBERS = count()
REASON = 400  # letters of what the compiler says
Compiler = Callable[[Callable[..., list[Tensor]]], Callable[..., list[Tensor]]]


def by_torch(function: Callable[..., list[Tensor]]) -> Callable[..., list[Tensor]]:
    """Compile a function as a whole, once for each shape of its tensors."""
    return torch.compile(function, fullgraph=True, dynamic=False)


def compile_training(net: Runs, compiler: Compiler = by_torch) -> None:
    """Have a net's passes with gradients run compiled from now on, in the ways that it has been told to run so far.

    Raises: UsageError if that cannot be, telling what is missing.
    """
    refuse_layers(net.steps)
    refuse_machine(net.device)
    net.ways = (*net.ways, Compiled(net.steps, compiler))


def refuse_layers(steps: Sequence[LayerModule]) -> None:
    """Refuse a net of which a part lies elsewhere, or runs code that is no torch.

    Raises: UsageError.
    """
    if len({step.step.device for step in steps}) > 1:
        raise UsageError(f"compile: the net lies on several devices, and only a whole one is compiled\n    {WAY_OUT}")
    for step in steps:
        if not step.step.layer.traceable:
            node = step.node
            raise UsageError(
                f'compile: layer "{node.name}" ({node.type}) works beside torch, whose compiler cannot see what it does'
                f"\n    {WAY_OUT}"
            )


def refuse_machine(device: torch.device) -> None:
    """Refuse a machine that lacks what torch's compiler hands its code to.

    Raises: UsageError.
    """
    if device.type == "cuda" and importlib.util.find_spec("triton") is None:
        raise UsageError(f"compile: torch's compiler needs triton for GPUs, which is not installed\n    {WAY_OUT}")
    compilers = [os.environ["CXX"]] if os.environ.get("CXX") else ["g++", "clang++", "cl"]
    if not any(map(shutil.which, compilers)):
        found = f"CXX is {compilers[0]}, which is not there" if len(compilers) == 1 else "there is no g++ or clang++"
        raise UsageError(f"compile: torch's compiler needs one of C++, and {found}\n    install one, or {WAY_OUT}")


class Compiled:
    """A way to run passes: those with gradients as one compiled function of parameters, state and batch.

    The compiler does not read netdef's Python, which walks a plan: it follows the operators that a pass calls, and
    those of its backward pass. A batch of another shape is compiled anew.
    """

    def __init__(self, steps: Sequence[LayerModule], compiler: Compiler) -> None:
        self._steps = _Steps(steps)
        self._compiler = compiler
        self._device = steps[0].device
        self._parameters = dict(self._steps.named_parameters())
        self._state = [(step, f"state_{index}") for step in steps for index in range(len(step.node.state))]
        self._names: list[str] = []  # of the outputs
        self._compiled: Callable[..., list[Tensor]] | None = None

    def __call__(
        self, run: Run, inputs: Mapping[str, Tensor], rows: Tensor | None, iteration: int | Tensor, keep: Iterable[str]
    ) -> Pass:
        """Run compiled, unless no gradient is wanted or blobs are to be kept.

        Raises: UsageError if the compiler gives up.
        """
        kept = list(keep)
        if not torch.is_grad_enabled() or kept:
            return run(inputs, rows, iteration, kept)
        if self._compiled is None:
            self._compiled = self._compiler(self._as_function(run))
        if isinstance(iteration, int):  # a tensor: a number would be taken for one that stays
            iteration = torch.full((), iteration, device=self._device)
        tensors = {**self._parameters, **dict(self._steps.named_buffers())}
        try:
            loss, *others = self._compiled(tensors, dict(inputs), rows, iteration)
        except TorchDynamoException as error:
            reason = " ".join(str(error).split())[:REASON] or type(error).__name__
            raise UsageError(f"compile: torch cannot compile the net: {reason}\n    {WAY_OUT}") from error
        for (step, name), tensor in zip(self._state, others[len(self._names) :], strict=True):
            setattr(step, name, tensor)
        return Pass(dict(zip(self._names, others, strict=False)), loss)

    def _as_function(self, run: Run) -> Callable[..., list[Tensor]]:
        """Return a pass as a function of all tensors that it reads: loss, outputs, and state that no file keeps."""

        def compute(inputs: dict[str, Tensor], rows: Tensor | None, iteration: Tensor) -> list[Tensor]:
            result = run(inputs, rows, iteration, ())
            self._names = list(result.blobs)
            outputs = [blob.detach() for blob in result.blobs.values()]
            return [result.loss, *outputs, *(getattr(step, name) for step, name in self._state)]

        def whole(tensors: dict[str, Tensor], *given: object) -> list[Tensor]:
            found: list[Tensor] = functional_call(self._steps, dict(tensors), given)
            return found

        self._steps.compute = compute

        def called(*given: Any) -> list[Tensor]:
            return whole(*given)

        torch.compiler.allow_in_graph(whole)  # type: ignore[no-untyped-call]
        return _with_code_of_its_own(called)


def _with_code_of_its_own(function: Callable[..., list[Tensor]]) -> Callable[..., list[Tensor]]:
    """Return a function whose code no other has: the compiler knows functions by it, and would mix nets up."""
    assert isinstance(function, FunctionType)
    code = function.__code__.replace(co_name=f"whole_net_{next(_NUMBERS)}")
    return FunctionType(code, function.__globals__, code.co_name, closure=function.__closure__)


class _Steps(nn.ModuleList):
    """The modules of a net, and what runs them: torch puts other tensors into modules that are called, and only so."""

    compute: Callable[..., list[Tensor]]

    def forward(self, *given: Any) -> list[Tensor]:
        """Run them."""
        return self.compute(*given)
