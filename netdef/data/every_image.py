"""Looking at all images of a database, one after the other."""

from __future__ import annotations

from collections.abc import Callable

from netdef.data.color_mode import ColorMode
from netdef.data.datum import Datum
from netdef.data.decode import Image, decode
from netdef.data.progress import Progress
from netdef.data.source import Source
from netdef.errors import DataError
from netdef.layers.shape import show


def use_every_image(
    source: Source, database: str, use: Callable[[Image, Datum], object], progress: Progress | None = None
) -> None:
    """Call ``use`` with each image (P×H×W×K, one of P and K is 1) and its Datum; encoded ones keep their channels.

    Raises: DataError, with the record's place, for one that cannot be decoded, or that ``use`` refuses.
    """
    for ordinal in range(len(source)):
        record = source.read(ordinal)
        try:
            datum = record.datum()
            use(decode(datum, ColorMode.NATIVE), datum)
        except DataError as error:
            raise DataError(f"{database}: {record.place}: {error}") from error
        if progress:
            progress(ordinal + 1, len(source))


def planes(image: Image) -> Image:
    """Return an image P×H×W×K, one of P and K is 1, as C×H×W."""
    return image[..., 0] if image.shape[3] == 1 else image[0].transpose(2, 0, 1)


def check_size(shape: tuple[int, ...], first: tuple[int, ...]) -> None:
    """Refuse an image whose shape, C×H×W, is not that of the first record.

    Raises: DataError.
    """
    if shape != first:
        raise DataError(
            f"is {show(shape)}, the first record {show(first)} (channels × height × width): resize the images"
        )
