"""How processes compute that are forked from one that has computed, as scripts do that read or predict in several."""

from __future__ import annotations

import os

import torch


def compute_in_one_thread() -> None:
    """Ask no other thread for help: those of the parent do not come along, and would be waited for forever."""
    torch.set_num_threads(1)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=compute_in_one_thread)
