"""``import caffe`` as ``netdef.pycaffe``."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module

import netdef.pycaffe

NAME = "caffe"


def become_caffe() -> None:
    """Have ``import caffe`` mean netdef.pycaffe in this process, submodules included: the same modules, not copies."""
    here = netdef.pycaffe
    sys.modules[NAME] = here
    for module in pkgutil.walk_packages(here.__path__, f"{here.__name__}."):
        sys.modules[NAME + module.name.removeprefix(here.__name__)] = import_module(module.name)
