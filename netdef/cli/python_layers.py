"""The flag that lets Python layers run the code that a model names."""

from __future__ import annotations

import argparse
import os
import sys

FLAG = "--allow-python-layers"


def add_python_flag(parser: argparse.ArgumentParser) -> None:
    """Add the flag."""
    help = "run the code of the model's Python layers: only for models that you trust"
    parser.add_argument(FLAG, action="store_true", help=help)


def python_layers_allowed(arguments: argparse.Namespace) -> bool:
    """Tell whether the flag is given; then modules are looked for here too, and ``import caffe`` works in them."""
    if arguments.allow_python_layers:
        from netdef.pycaffe.alias import become_caffe

        if os.getcwd() not in sys.path:
            sys.path.append(os.getcwd())
        become_caffe()
    return bool(arguments.allow_python_layers)
