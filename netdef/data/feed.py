"""The feed of a net: all its source layers, read ahead in the background."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from netdef.data.batch import Batch, Part
from netdef.data.data_loader import data_loader
from netdef.data.hdf5_loader import Hdf5Loader
from netdef.data.image_data_loader import image_data_loader
from netdef.data.image_loader import ImageLoader
from netdef.data.loader import Loader
from netdef.data.random import make_key
from netdef.data.source_names import distinct_names
from netdef.data.stream import Share, Stream
from netdef.data.view import View
from netdef.data.window_data_loader import WindowDataLoader
from netdef.errors import DataError, Place, UsageError
from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    import torch

MOST_THREADS = 16

_LOADERS: dict[str, Callable[[schema.LayerParameter, int, int, str | Path | None], Loader]] = {
    "Data": data_loader,
    "HDF5Data": Hdf5Loader,
    "ImageData": image_data_loader,
    "WindowData": WindowDataLoader,
}


class Feed:
    """Batches for the source layers of one net, the same for the same seed and positions.

    ``layers`` are the messages of the net's source layers, ``phase`` is TRAIN or TEST of the schema, ``folder`` the
    place of the prototxt (a second place where its paths may lead). Rank ``rank`` of ``world`` takes the records whose
    ordinal is rank modulo world; with ``whole_batches`` every world-th batch, from batch number ``rank`` on. ``start``
    says from which ordinal each layer begins, 0 where it does not name it (layers go by their ``distinct_names``);
    ``threads`` how many threads decode (as many as there are processors, 16 at most). With ``once`` each record comes
    one time: the last batch may be smaller, and then the feed has ended. With ``views`` each image is seen in all of
    them: see ``ImageBatch``. ``places`` are those of the layers in the prototxt, for errors.

    Raises: DataError, naming the layer, if a source cannot be read or its type is not supported; UsageError for
    ``once`` if the layers do not have one number of records, for ``views`` if a layer cannot give them.
    """

    def __init__(
        self,
        layers: Sequence[schema.LayerParameter],
        phase: int,
        *,
        seed: int,
        net_name: str = "",
        folder: str | Path | None = None,
        rank: int = 0,
        world: int = 1,
        whole_batches: bool = False,
        start: Mapping[str, int] | None = None,
        threads: int | None = None,
        once: bool = False,
        views: Sequence[View] = (),
        places: Sequence[Place | None] = (),
    ) -> None:
        names = distinct_names([message.name for message in layers])
        self._places = {name: place for name, place in zip(names, places, strict=False) if place}
        self._streams: dict[str, Stream] = {}
        self._loaders: dict[str, Loader] = {}
        self._closed = False
        self._pool = ThreadPoolExecutor(threads or _processors(), thread_name_prefix="netdef-decode")
        with ExitStack() as undo:
            undo.callback(self.close)
            for name, message in zip(names, layers, strict=True):
                key = make_key(seed, net_name, name)
                with self._located(name):
                    loader = self._loaders[name] = _make_loader(message, phase, key, folder)
                if views:
                    _look(loader, views, message)
            limit = _common_count(self.record_counts()) if once else None
            share = Share(rank, world, whole_batches)
            for name, loader in self._loaders.items():
                position = (start or {}).get(name, 0)
                self._streams[name] = Stream(loader, self._pool, position=position, share=share, limit=limit)
            undo.pop_all()

    def next(self) -> Batch:
        """Return the next batch of every layer.

        Raises: DataError if a record cannot be read, UsageError if the feed is closed or has ended.
        """
        if self._closed or self.ended:
            raise UsageError(f"the feed {'is closed' if self._closed else 'has ended'}, it has no more batches")
        # All are waited for before any advances, so that an error leaves the positions as they were.
        parts: dict[str, Part] = {}
        for name, stream in self._streams.items():
            with self._located(name):
                parts[name] = stream.ready()
        batch = Batch(parts)
        for stream in self._streams.values():
            stream.advance()
        return batch

    @contextmanager
    def _located(self, layer: str) -> Iterator[None]:
        """Put the place of a layer before errors of its data, where it is known."""
        try:
            yield
        except DataError as error:
            if layer not in self._places:
                raise
            title = "" if str(error).startswith("layer ") else f'layer "{layer}": '
            raise DataError(f"{self._places[layer]}: {title}{error}") from error

    @property
    def ended(self) -> bool:
        """Whether every record has been given once, where that was asked for."""
        return any(stream.ended for stream in self._streams.values())

    def __iter__(self) -> Iterator[Batch]:
        """Go through the batches until the feed has ended; without ``once`` it never does."""
        while not self.ended:
            yield self.next()

    def positions(self) -> dict[str, int]:
        """Return, by layer, how many records all ranks have been given, wraps included: what ``start`` takes."""
        return {name: stream.position for name, stream in self._streams.items()}

    def batch_sizes(self) -> dict[str, int]:
        """Return the number of records in a batch of each layer."""
        return {name: loader.batch_size for name, loader in self._loaders.items()}

    def record_counts(self) -> dict[str, int]:
        """Return the number of records in each layer's source, which a LevelDB database has to be read for."""
        return {name: len(loader) for name, loader in self._loaders.items()}

    def make_for(self, device: torch.device, dtype: torch.dtype) -> None:
        """Make the images of batches to come as this device is given them soonest."""
        for loader in self._loaders.values():
            if isinstance(loader, ImageLoader):
                loader.make_for(device, dtype)

    def close(self) -> None:
        """Stop the threads and close the sources; work that has begun is waited for, the rest dropped."""
        self._closed = True
        for stream in self._streams.values():
            stream.stop_reading()
        self._pool.shutdown(cancel_futures=True)
        for stream in self._streams.values():
            stream.close()
        for loader in self._loaders.values():
            loader.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _make_loader(message: schema.LayerParameter, phase: int, key: int, folder: str | Path | None) -> Loader:
    if message.type not in _LOADERS:
        known = ", ".join(sorted(_LOADERS))
        raise DataError(f'layer "{message.name}": {message.type} cannot be read yet as a source, only {known}')
    try:
        return _LOADERS[message.type](message, phase, key, folder)
    except DataError as error:
        raise DataError(f'layer "{message.name}" ({message.type}): {error}') from error


def _look(loader: Loader, views: Sequence[View], message: schema.LayerParameter) -> None:
    """Let a loader see each image in these views.

    Raises: UsageError if it has no images, or they cannot be seen so.
    """
    transform = message.transform_param
    if not isinstance(loader, ImageLoader):
        raise UsageError(f'layer "{message.name}" ({message.type}): its records cannot be cropped and scaled')
    if not transform.crop_size:
        raise UsageError(f'layer "{message.name}" ({message.type}): has no crop_size, so there is nothing to crop')
    if transform.mean_file and any(view.side for view in views):
        raise UsageError(
            f'layer "{message.name}" ({message.type}): its mean_file has one size, so its images cannot be scaled'
            "\n    give mean_value, one for each channel, in its place"
        )
    loader.views = views
    loader.prefetch = 1  # a batch is as many times as large


def _common_count(counts: dict[str, int]) -> int:
    """Return the number of records that all layers have.

    Raises: UsageError if there is no such number.
    """
    endless = [layer for layer, count in counts.items() if not count]
    if endless:
        raise UsageError(f'layer "{endless[0]}" draws its records at random: there is no whole set to go through')
    if len(set(counts.values())) != 1:
        listed = ", ".join(f'layer "{layer}" has {count}' for layer, count in counts.items()) or "it has no data layer"
        raise UsageError(f"the net has no one number of records to go through: {listed}")
    return next(iter(counts.values()))


def _processors() -> int:
    return min(MOST_THREADS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
