"""Fillers: the first values of parameters."""

from netdef.fillers.draw import fill as fill
from netdef.fillers.rules import check as check
