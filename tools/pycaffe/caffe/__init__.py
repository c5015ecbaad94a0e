"""Stands on PYTHONPATH (``PYTHONPATH=tools/pycaffe``) so that ``import caffe`` means netdef.pycaffe."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]

if (CHECKOUT / "netdef" / "__init__.py").exists() and str(CHECKOUT) not in sys.path:
    sys.path.append(str(CHECKOUT))

from netdef.pycaffe.alias import become_caffe  # noqa: E402

become_caffe()
