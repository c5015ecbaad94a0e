"""A case in OpenCV's dnn module: the deployed form as an ONNX file, forward only."""

from __future__ import annotations

from collections.abc import Callable
from tempfile import TemporaryDirectory

import cv2
import torch

from benchmarks.contest.case import Case
from benchmarks.engines.inputs import images_and_labels
from benchmarks.engines.onnx_file import write_onnx


def prepare(case: Case) -> Callable[[], object]:
    """Return what does the case's task once; ``torch.get_num_threads()`` threads compute."""
    cv2.setNumThreads(torch.get_num_threads())
    with TemporaryDirectory() as folder:
        net = cv2.dnn.readNetFromONNX(write_onnx(case, folder))
    images = images_and_labels(case)[0].numpy()

    def forward() -> object:
        net.setInput(images)
        return net.forward()

    return forward
