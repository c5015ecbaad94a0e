"""The blobs of a layer."""

from __future__ import annotations

from netdef.blob import Blob


class BlobVec(list[Blob]):
    """The blobs of a layer: its parameters and statistics."""

    def add_blob(self, *shape: int) -> None:
        """Append a blob for the solver to learn, all zeros."""
        self.append(Blob(*shape))
