"""A case in BVLC's Caffe: an iteration of its solver on random images in memory.

It runs in the Python that Caffe was built for, which has neither netdef nor torch.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.contest.case import Case

MODELS = Path(__file__).resolve().parents[2] / "models"
NETS = {"AlexNet": ("alexnet", (3, 227)), "GoogLeNet": ("googlenet", (3, 224)), "LeNet": ("lenet", (1, 28))}
SOLVER = 'base_lr: 1e-6 lr_policy: "fixed" momentum: 0.9 weight_decay: 0.0005 max_iter: 1000000 solver_mode: CPU'


def prepare(case: Case) -> Callable[[], object]:
    """Return what does the case's task once."""
    import caffe

    with TemporaryDirectory() as folder:
        net, solver = Path(folder, "net.prototxt"), Path(folder, "solver.prototxt")
        net.write_text(str(_training_net(case)))
        solver.write_text(f'net: "{net}" snapshot_after_train: false {SOLVER}')
        made = caffe.SGDSolver(str(solver))
    return lambda: made.step(1)


def _training_net(case: Case) -> Any:
    """Return the model's training form; netdef's own fields, which Caffe does not know, change no number of it."""
    from caffe.proto import caffe_pb2
    from google.protobuf import text_format

    model, (channels, side) = NETS[case.net]
    net = caffe_pb2.NetParameter()
    text_format.Parse((MODELS / f"{model}.prototxt").read_text("utf-8"), net, allow_unknown_field=True)
    layers = [layer for layer in net.layer if layer.type not in ("Data", "Input") and _learns(layer)]
    del net.layer[:]
    for top, shape, filler in (
        ("data", [case.batch, channels, side, side], {"type": "gaussian"}),
        ("label", [case.batch], {"type": "constant", "value": 3}),
    ):
        source = net.layer.add(name=top, type="DummyData", top=[top])
        source.dummy_data_param.shape.add(dim=shape)
        source.dummy_data_param.data_filler.add(**filler)
    net.layer.extend(layers)
    return net


def _learns(layer: Any) -> bool:
    """Tell whether a layer is there in phase TRAIN, which is 0."""
    return not layer.include or any(rule.HasField("phase") and rule.phase == 0 for rule in layer.include)
