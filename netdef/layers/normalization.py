"""By what a loss is divided: ``loss_param { normalization: … }``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdef.schema import netdef_pb2 as schema

if TYPE_CHECKING:
    from torch import Tensor

Mode = schema.LossParameter.NormalizationMode


def read_mode(options: schema.LossParameter, default: Mode = schema.LossParameter.VALID) -> Mode:
    """Return ``normalization``, else what the older ``normalize`` says (VALID or BATCH_SIZE), else the default."""
    if options.HasField("normalization"):
        return options.normalization
    if options.HasField("normalize"):
        return schema.LossParameter.VALID if options.normalize else schema.LossParameter.BATCH_SIZE
    return default


def read_ignored(options: schema.LossParameter | schema.AccuracyParameter) -> int | None:
    """Return the label that does not count, if there is one."""
    return options.ignore_label if options.HasField("ignore_label") else None


def normalizer(mode: Mode, items: int, places: int, kept: Tensor | None) -> Tensor | float:
    """Return the number that divides a loss over ``items`` items and ``places`` labels, ``kept`` telling which count.

    FULL: places; VALID: those that count; BATCH_SIZE: items; NONE: 1.
    """
    if mode == schema.LossParameter.VALID and kept is not None:
        return kept.sum()
    if mode == schema.LossParameter.BATCH_SIZE:
        return float(items)
    return 1.0 if mode == schema.LossParameter.NONE else float(places)
