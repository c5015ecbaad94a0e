"""``python -m netdef``: the command line."""

import sys

from netdef.cli.main import main

sys.exit(main())
