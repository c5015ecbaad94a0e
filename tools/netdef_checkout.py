"""Where the launchers in this folder find netdef: in the checkout around them, else where it is installed."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]

if (CHECKOUT / "netdef" / "__init__.py").exists():
    sys.path.insert(0, str(CHECKOUT))
