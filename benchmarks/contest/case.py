"""What is timed: one network doing one thing."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

TASKS = ("train", "infer")
PRECISIONS = ("FP32", "BF16")


@dataclass(frozen=True)
class Case:
    """A training step (forward, backward, update) or the deployed form's forward pass, on random images.

    With ``precision`` BF16 the net computes in bfloat16 by autocast; parameters and updates stay float32.
    """

    net: str
    task: str
    batch: int
    precision: str = "FP32"

    @property
    def title(self) -> str:
        return f"{self.net}, batch {self.batch}"

    def flags(self) -> list[str]:
        return ["--net", self.net, "--task", self.task, "--batch", str(self.batch), "--precision", self.precision]


def add_case_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--net", required=True)
    parser.add_argument("--task", choices=TASKS, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--precision", choices=PRECISIONS, default="FP32")


def case_of(arguments: argparse.Namespace) -> Case:
    return Case(arguments.net, arguments.task, arguments.batch, arguments.precision)
