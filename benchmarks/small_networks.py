"""The networks that ship, made small: crops of fewer pixels, out of one database, and nothing to test or to save."""

from __future__ import annotations

from pathlib import Path

from google.protobuf.text_format import MessageToString

from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net, load_solver

ROOT = Path(__file__).resolve().parents[1]
LENET_PIXELS, FEW_PIXELS = 28, 32
RESIDUAL_PIXELS = 64
INCEPTION_PIXELS = 107  # modules of v3 and later have windows without a pad
ALEXNET_PIXELS = 99


def side(model: str) -> int:
    """Return the side of a crop, in pixels, that still leaves the net something to see in its last layers."""
    if model.startswith("inception"):
        return INCEPTION_PIXELS
    if model.startswith(("alexnet", "caffenet", "zfnet", "nin_imagenet")):
        return ALEXNET_PIXELS
    if model.startswith(("resnet", "googlenet", "bn_inception", "squeezenet")):
        return RESIDUAL_PIXELS
    return LENET_PIXELS if model == "lenet" else FEW_PIXELS


def write_small(model: str, database: Path, batch: int, folder: Path, rate: float = 1.0) -> Path:
    """Write a small net and its solver into a folder, and return the path of the solver.

    Its rate is the first one of the network's own solver, less as the batch is less, times ``rate``.
    """
    net = load_net(ROOT / "models" / f"{model}.prototxt").message
    solver = load_solver(ROOT / "solvers" / f"{model}.prototxt").message
    share = batch / (_batch(net) * solver.iter_size)
    _read_from(net, database, side(model), batch)
    _average_over_all_pixels(net)
    (folder / "net.prototxt").write_text(MessageToString(net))
    solver.base_lr *= rate if solver.type == "RMSProp" else rate * share  # RMSProp divides gradients by their size
    _only_train(solver, folder)
    (folder / "solver.prototxt").write_text(MessageToString(solver))
    return folder / "solver.prototxt"


def _batch(net: schema.NetParameter) -> int:
    """Return how many records a net learns from at a time: its first data layer is the one of phase TRAIN."""
    return next(layer for layer in net.layer if layer.type == "Data").data_param.batch_size


def _read_from(net: schema.NetParameter, database: Path, pixels: int, batch: int) -> None:
    """Put one database in the place of all data layers; crops, means and scale stay those of the net."""
    source = next(layer for layer in net.layer if layer.type == "Data")
    del source.include[:]
    source.data_param.source = str(database)
    source.data_param.batch_size = batch
    source.data_param.ClearField("record_shape")
    source.transform_param.crop_size = pixels
    others = [layer for layer in net.layer if layer.type not in ("Data", "Input")]
    del net.layer[:]
    net.layer.extend([source, *others])


def _average_over_all_pixels(net: schema.NetParameter) -> None:
    """Let means be taken over as many pixels as there are: a window of 7 x 7 has no place in fewer."""
    for layer in net.layer:
        pooling = layer.pooling_param
        if layer.type == "Pooling" and pooling.pool == schema.PoolingParameter.AVE and not pooling.pad:
            pooling.CopyFrom(schema.PoolingParameter(pool=pooling.pool, global_pooling=True))


def _only_train(solver: schema.SolverParameter, folder: Path) -> None:
    solver.net = str(folder / "net.prototxt")
    solver.snapshot_prefix = str(folder / "run")
    solver.random_seed = 1
    solver.average_loss = 1
    solver.solver_mode = schema.SolverParameter.CPU
    solver.lr_policy = "fixed"  # the first rate; what would lower it is far away, or a test
    for field in ("test_iter", "test_interval", "iter_size", "snapshot", "display", "train_state", "plateau_param"):
        solver.ClearField(field)
