"""A case in ONNX Runtime: the deployed form as an ONNX file, forward only."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import TemporaryDirectory

import onnxruntime
import torch

from benchmarks.contest.case import Case
from benchmarks.engines.inputs import images_and_labels
from benchmarks.engines.onnx_file import INPUT, write_onnx


def prepare(case: Case) -> Callable[[], object]:
    """Return what does the case's task once; ``torch.get_num_threads()`` threads compute."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    with TemporaryDirectory() as folder:
        session = onnxruntime.InferenceSession(write_onnx(case, folder), options, ["CPUExecutionProvider"])
    given = {f"{INPUT}@0": images_and_labels(case)[0].numpy()}
    return lambda: session.run(None, given)[0]
