"""Which contests there are."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.contest.case import Case
from benchmarks.contest.contest import Contest, Goal

# Batches as large as a small machine can take, and the goal for netdef's time as a share of plain PyTorch's.
STEPS = {
    "AlexNet": (32, 0.40),
    "GoogLeNet": (16, 0.40),
    "VGG-16": (8, 0.80),
    "NIN": (32, 0.80),
    "ResNet-50": (8, 0.80),
    "NIN, CIFAR-10": (100, 0.80),
    "LeNet": (64, 0.70),
}
OF_CAFFE = {"AlexNet": 0.40, "GoogLeNet": 0.40, "LeNet": None}  # the goal, as a share of Caffe's
IN_BFLOAT16 = {"AlexNet": 0.25, "GoogLeNet": None}  # the goal, as a share of plain PyTorch in float32
DEPLOYED = ("AlexNet", "GoogLeNet", "ResNet-50", "SqueezeNet")
BATCHES = {1: 1.00, 32: 0.80}  # the goal, as a share of ONNX Runtime's time


def contests(*, bfloat16: bool, caffe: bool = False, quick: bool = False) -> Iterator[Contest]:
    """Go through all contests, with Caffe where it can take part; ``quick``: one of each kind, on the smallest net."""
    if quick:
        yield step("LeNet", 2, 0.70, bfloat16=False, caffe=caffe)
        yield deployed("LeNet", 1, 1.00)
        return
    for net, (batch, goal) in STEPS.items():
        yield step(net, batch, goal, bfloat16=bfloat16 and net in IN_BFLOAT16, caffe=caffe)
    for net in DEPLOYED:
        for batch, goal in BATCHES.items():
            yield deployed(net, batch, goal)


def step(net: str, batch: int, ratio: float, *, bfloat16: bool, caffe: bool) -> Contest:
    """Return the contest of training steps."""
    case = Case(net, "train", batch)
    contenders = {"netdef": ("netdef", case), "PyTorch": ("PyTorch", case)}
    goals = [Goal("netdef", "PyTorch", ratio)]
    if caffe and net in OF_CAFFE:
        contenders["Caffe"] = ("Caffe", case)
        if (of_caffe := OF_CAFFE[net]) is not None:
            goals.append(Goal("netdef", "Caffe", of_caffe))
    if bfloat16:
        half = Case(net, "train", batch, "BF16")
        contenders |= {"netdef, bf16": ("netdef", half), "PyTorch, bf16": ("PyTorch", half)}
        if (of_half := IN_BFLOAT16[net]) is not None:
            goals.append(Goal("netdef, bf16", "PyTorch", of_half))
    return Contest(f"Training step: {case.title}", contenders, tuple(goals))


def deployed(net: str, batch: int, ratio: float) -> Contest:
    """Return the contest of the deployed form's forward passes."""
    case = Case(net, "infer", batch)
    engines = ("netdef", "PyTorch", "ONNX Runtime", "OpenCV dnn")
    goals = (Goal("netdef", "ONNX Runtime", ratio), Goal("netdef", "OpenCV dnn", 1.0))
    return Contest(f"Deployed: {case.title}", {engine: (engine, case) for engine in engines}, goals)
