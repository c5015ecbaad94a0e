"""Builds the compiled kernels, one library for each width of vectors; setup.cfg has the rest.

They are optional: where there is no compiler, or another processor, netdef runs on PyTorch's own.
"""

from __future__ import annotations

from glob import glob

from setuptools import Extension, setup

COMMON = ["-std=gnu11", "-O3", "-ffp-contract=fast", "-fno-math-errno", "-fopenmp"]
WIDTHS = {
    "avx512": ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mfma", "-mprefer-vector-width=512"],
    "avx2": ["-mavx2", "-mfma"],
}

setup(
    ext_modules=[
        Extension(
            f"netdef.kernels.{width}",
            sources=sorted(glob("netdef/kernels/source/*.c")),
            depends=sorted(glob("netdef/kernels/source/*.h")),
            extra_compile_args=[*COMMON, *flags],
            extra_link_args=["-fopenmp"],
            optional=True,
        )
        for width, flags in WIDTHS.items()
    ]
)
