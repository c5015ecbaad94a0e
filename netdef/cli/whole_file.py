"""Files that a verb writes for its user: whole or not at all, where links lead, with the rights that they had."""

from __future__ import annotations

import shutil
from pathlib import Path

from netdef.errors import UsageError
from netdef.weights.atomic import replacing


def write_whole(path: str | Path, content: bytes) -> None:
    """Put ``content`` in the place of what ``path`` holds, if anything.

    Raises: UsageError if it cannot be written; the file is then as it was.
    """
    place = Path(path).resolve()
    with replacing(place, UsageError) as temporary:
        temporary.write_bytes(content)
        if place.exists():
            shutil.copymode(place, temporary)
