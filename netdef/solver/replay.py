"""Work that a GPU records once and replays from then on, without the processor's help."""

from __future__ import annotations

from collections.abc import Callable

import torch

from netdef.errors import UsageError
from netdef.net import Net
from netdef.solver.whole_step import WAY_OUT

WARM_UP = 3  # times before the recording: memory is found, kernels are chosen, a compiled net is compiled

Work = Callable[[], None]


class Replay:
    """Does some work a few times as it is, beside the other work of its GPU, then records it, and replays it."""

    def __init__(self, work: Work, device: torch.device) -> None:
        self._work = work
        self._device = device
        self._stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._done = 0
        self._graph: torch.cuda.CUDAGraph | None = None

    def __call__(self) -> None:
        """Do the work once.

        Raises: UsageError if it cannot be recorded.
        """
        if self._done < WARM_UP:
            self._warm_up()
            self._done += 1
            return
        if self._graph is None:
            self._graph = self._recorded()
        self._graph.replay()

    def _warm_up(self) -> None:
        current = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(current)
        with torch.cuda.stream(self._stream):
            self._work()
        current.wait_stream(self._stream)

    def _recorded(self) -> torch.cuda.CUDAGraph:
        graph = torch.cuda.CUDAGraph()
        try:
            # Threads that read data may do as they like meanwhile.
            with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
                self._work()
        except RuntimeError as error:
            reason = next(iter(str(error).splitlines()), type(error).__name__)
            raise UsageError(f"cuda_graph: an iteration cannot be recorded: {reason}\n    {WAY_OUT}") from error
        return graph


def replay_on(net: Net, workers: int) -> Callable[[Work], Work]:
    """Return what replays the iterations of a net.

    Raises: UsageError if there is a reason why they cannot be recorded.
    """
    reason = _obstacle(net, workers)
    if reason:
        raise UsageError(f"cuda_graph: {reason}\n    {WAY_OUT}")
    torch.backends.cudnn.benchmark = True  # shapes stay as they are, so that trying kernels pays
    return lambda work: Replay(work, net.device)


def _obstacle(net: Net, workers: int) -> str:
    """Return why the iterations of a net cannot be recorded, nothing if they may."""
    if workers > 1:
        return f"{workers} workers exchange gradients, and only what one GPU does alone is recorded"
    if len(net.devices) > 1:
        return f"the net lies on several devices ({', '.join(net.devices)}), and only one is recorded"
    if net.device.type != "cuda":
        return f"the net computes on {net.device.type}, and only a GPU of NVIDIA's records what it does"
    for node in net.graph.nodes:
        if not node.layer.traceable:
            return f'layer "{node.name}" ({node.type}) works beside torch, and the GPU would not see it'
        if node.state:
            return f'layer "{node.name}" ({node.type}) carries hidden blobs on, in other memory each time'
    return ""
