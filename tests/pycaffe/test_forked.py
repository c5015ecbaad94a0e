from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import os
import torch
import netdef.pycaffe

torch.set_num_threads(2)
ones = torch.ones(400, 400)
ones @ ones  # from now on there is a second thread
child = os.fork()
if not child:
    os._exit(0 if torch.get_num_threads() == 1 and (ones @ ones)[0, 0] == 400 else 1)
assert os.waitpid(child, 0)[1] == 0
assert torch.get_num_threads() == 2
"""


@pytest.mark.skipif(not hasattr(os, "register_at_fork"), reason="processes are not forked here")
def test_a_forked_process_waits_for_no_thread_of_its_parents() -> None:
    subprocess.run([sys.executable, "-c", SCRIPT], check=True)
