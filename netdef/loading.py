"""From files to a net: a model, and the weights to put into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import Self

import torch

from netdef.data.feed import Feed
from netdef.data.stream import Share
from netdef.data.view import View
from netdef.devices import choose_device, present
from netdef.errors import UsageError
from netdef.graph.graph import Graph
from netdef.layers.python import python_layers
from netdef.model import load_graph
from netdef.module.precision import Precision, compute_in
from netdef.net import Net
from netdef.prototxt.edit import assign
from netdef.prototxt.tree import Message
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import unchanged
from netdef.weights.load import find_weights
from netdef.weights.report import Report


def load(
    model: str | PathLike[str],
    weights: str | PathLike[str] | None = None,
    *,
    phase: str = "TEST",
    stages: Sequence[str] = (),
    level: int = 0,
    device: torch.device | str | None = None,
    devices: Sequence[str] = (),
    seed: int = 0,
    precision: str = "FP32",
    weights_stay: bool = False,
    force_backward: bool = False,
    allow_python_layers: bool = False,
) -> Net:
    """Build the net of a model file in a phase, with stages and level, and load its weights if there are any.

    Without a device the net goes to a GPU if there is one; ``devices`` are what the file's logical devices stand for,
    and win over it. With ``precision`` "BF16" or "FP16" products and convolutions take 16-bit floats by torch's
    autocast, while parameters, gradients and losses stay float32; who learns in FP16 scales the loss. ``weights_stay``
    promises that nobody writes into the weights in ways that torch does not count (through ``.data`` or numpy): passes
    without gradients are then faster. ``force_backward`` is the file's field: gradients go down to the inputs, and may
    begin at any blob. Python layers run the code that the file names only with ``allow_python_layers``.

    Raises: DefinitionError with everything wrong in the file; UsageError for an unknown phase, stage or precision, or a
    net whose parameters' shapes nobody knows; DeviceError for a device that is not there; WeightsError if the weights
    do not fit.
    """
    _refuse_unknown("precision", precision, Precision)
    with python_layers(allow_python_layers):
        graph = load_graph(fspath(model), _state(phase, stages, level), _forced if force_backward else unchanged)
    return _load(graph, weights, device, devices, seed, precision, weights_stay=weights_stay)[0]


def _state(phase: str, stages: Sequence[str], level: int) -> schema.NetState:
    _refuse_unknown("phase", phase, schema.Phase.keys())
    if isinstance(stages, str):
        raise UsageError(f'stages is "{stages}", must be a list: ["{stages}"]')
    return schema.NetState(phase=phase, level=level, stage=stages)


def _forced(tree: Message) -> None:
    assign(tree, "force_backward", "true")


def _refuse_unknown(what: str, found: str, known: Iterable[str]) -> None:
    if found not in (names := list(known)):
        raise UsageError(f'{what} is "{found}", must be one of {", ".join(names)}')


def _load(
    graph: Graph,
    weights: str | PathLike[str] | None,
    device: torch.device | str | None,
    devices: Sequence[str],
    seed: int = 0,
    precision: str = "FP32",
    *,
    weights_stay: bool,
) -> tuple[Net, Report | None]:
    found = None if weights is None else find_weights(graph, fspath(weights))
    net = Net(
        graph,
        seed=seed,
        device=present(device) if device else choose_device(),
        devices=devices,
        weights_stay=weights_stay,
        given=found.values if found else {},
    )
    compute_in(Precision(precision), net)
    return net, found.report if found else None


def open_feed(
    graph: Graph,
    folder: Path,
    *,
    seed: int,
    name: str,
    start: dict[str, int] | None = None,
    once: bool = False,
    share: Share | None = None,
    views: Sequence[View] = (),
) -> Feed:
    """Open the databases of a graph's data layers; ``folder`` is that of the file, ``name`` keys the random draws.

    With ``once`` each record comes one time, and then the feed ends. ``share`` says which records are this process's.
    With ``views`` each image is seen in all of them.

    Raises: UsageError if a layer waits for arrays of its caller, or for ``once`` as ``Feed``; DataError.
    """
    for node in graph.sources:
        if node.type == "Input":
            where = f"{node.place}: " if node.place else ""
            raise UsageError(
                f'{where}layer "{node.name}" (Input) has no data of its own, but batches are needed:'
                " give the net a data layer for this phase and stage"
            )
    phase = schema.TRAIN if graph.train else schema.TEST
    layers = [node.layer.message for node in graph.sources]
    sharing = (share or Share())._asdict()
    places = [node.place for node in graph.sources]
    return Feed(
        layers,
        phase,
        seed=seed,
        net_name=name,
        folder=folder,
        start=start,
        once=once,
        views=views,
        places=places,
        **sharing,
    )


@dataclass
class Evaluation:
    """A net and the batches to run it on. Use it in a ``with`` block: the feed has threads.

    ``loaded`` tells what became of its layers where weights were given.
    """

    net: Net
    feed: Feed
    loaded: Report | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.feed.close()


def open_evaluation(
    model: str | PathLike[str],
    weights: str | PathLike[str] | None = None,
    *,
    stages: Sequence[str] = (),
    level: int = 0,
    device: torch.device | str | None = None,
    devices: Sequence[str] = (),
    precision: str = "FP32",
    allow_python_layers: bool = False,
    once: bool = False,
    views: Sequence[View] = (),
) -> Evaluation:
    """Load a net in phase TEST and open its databases; with ``once`` the batches end when each record came one time.

    With ``views`` each image is seen in all of them. ``precision`` is as in ``load``.

    Raises: what ``load`` and ``open_feed`` raise.
    """
    _refuse_unknown("precision", precision, Precision)
    with python_layers(allow_python_layers):
        graph = load_graph(fspath(model), _state("TEST", stages, level))
    with ExitStack() as opened:
        folder = Path(model).parent
        feed = opened.enter_context(open_feed(graph, folder, seed=0, name="test0", once=once, views=views))
        net, loaded = _load(graph, weights, device, devices, precision=precision, weights_stay=True)
        evaluation = Evaluation(net, feed, loaded)
        opened.pop_all()
    return evaluation
