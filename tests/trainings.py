"""Small runs on disk: a database of pictures, a net with all that is random, a solver."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from torch import Tensor, nn

from netdef.session import Training
from netdef.solver.events import Event, Tested, Trained
from tests.data.databases import write_pictures

RECORDS, TEST_RECORDS, BATCH, TEST_BATCH = 7, 5, 3, 2
NET = f"""
name: "tiny"
layer {{
  name: "pictures" type: "Data" top: "data" top: "label" include {{ phase: TRAIN }}
  data_param {{ source: "train_lmdb" backend: LMDB batch_size: {BATCH} }}
  transform_param {{ crop_size: 5 mirror: true scale: 0.004 }}
}}
layer {{
  name: "pictures" type: "Data" top: "data" top: "label" include {{ phase: TEST }}
  data_param {{ source: "test_lmdb" backend: LMDB batch_size: {TEST_BATCH} }}
  transform_param {{ crop_size: 5 mirror: true scale: 0.004 }}
}}
layer {{
  name: "conv" type: "Convolution" bottom: "data" top: "conv"
  convolution_param {{ num_output: 4 kernel_size: 3 weight_filler {{ type: "xavier" }} }}
}}
layer {{ name: "bn" type: "BatchNorm" bottom: "conv" top: "bn" }}
layer {{ name: "drop" type: "Dropout" bottom: "bn" top: "drop" }}
layer {{
  name: "ip" type: "InnerProduct" bottom: "drop" top: "ip"
  inner_product_param {{ num_output: {RECORDS} weight_filler {{ type: "gaussian" std: 0.1 }} }}
}}
layer {{ name: "acc" type: "Accuracy" bottom: "ip" bottom: "label" top: "acc" include {{ phase: TEST }} }}
layer {{ name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }}
"""
SOLVER = """
net: "net.prototxt" base_lr: 0.05 lr_policy: "step" gamma: 0.5 stepsize: 4 weight_decay: 0.01 max_iter: 10
snapshot_prefix: "run/tiny" solver_mode: CPU test_iter: 2 test_interval: 4 average_loss: 3
"""


def write_run(folder: Path, options: str = "momentum: 0.9 random_seed: 5", net: str = NET) -> Path:
    """Write a solver, its net and their databases, and return the solver's path."""
    write_pictures(folder / "train_lmdb", RECORDS)
    write_pictures(folder / "test_lmdb", TEST_RECORDS)
    (folder / "net.prototxt").write_text(net)
    (folder / "solver.prototxt").write_text(SOLVER + options)
    return folder / "solver.prototxt"


def written_again(file: Path, old: str, new: str) -> Path:
    """Change a text in a file, and return its path."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return file


class Record:
    """What a run did: its losses, test results and the data that its nets were given."""

    def __init__(self, training: Training) -> None:
        self.training = training
        self.losses: list[tuple[int, float, float]] = []
        self.tests: list[tuple[int, dict[str, float]]] = []
        self.batches: list[list[float]] = []
        training.net.layers[0].register_forward_hook(self._see)
        for test in training.solver.tests:
            test.net.layers[0].register_forward_hook(self._see)

    def _see(self, module: nn.Module, bottoms: object, tops: tuple[Tensor, ...]) -> None:
        self.batches.append([*tops[0].flatten().tolist(), *tops[1].tolist()])

    def run(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Trained):
                self.losses.append((event.iteration, event.loss, event.smoothed))
            elif isinstance(event, Tested):
                self.tests.append((event.iteration, {name: float(value) for name, value in event.outputs.items()}))


def state(training: Training) -> list[list[float]]:
    """All that a run has learned: parameters, statistics and histories."""
    tensors = [*training.net.tensors.values(), *training.solver.updater.histories]
    return [tensor.detach().flatten().tolist() for tensor in tensors]
