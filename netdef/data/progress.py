"""How those who wait for many images are told how far the work is."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with the number of images done and that of all."""
