from __future__ import annotations

import subprocess
import sys
import textwrap


def test_torchs_compiler_is_not_loaded() -> None:
    code = """
        import sys
        import torch
        from netdef.module.operator_mode import OperatorMode

        class Counting(OperatorMode):
            count = 0

            def __torch_dispatch__(self, func, types, args=(), kwargs=None):
                Counting.count += 1
                return func(*args, **(kwargs or {}))

        with Counting():
            torch.rand(3).exp()
        print(Counting.count, "torch._dynamo" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["2", "False"]
