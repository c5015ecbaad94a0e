"""Caffe's exchange of gradients over NCCL, which is not here."""

from __future__ import annotations

from typing import Any, NoReturn

from netdef.errors import UsageError

WAY_OUT = "train on several GPUs with netdef train"


class NCCL:
    """Refuses to be made: in this module a solver works by itself.

    Raises: UsageError.
    """

    def __init__(self, *arguments: Any) -> None:
        self.new_uid()

    @staticmethod
    def new_uid() -> NoReturn:
        """Refuse likewise."""
        raise UsageError(f"NCCL is not here (has_nccl() is False): {WAY_OUT}")
