"""How long it takes to read nets of more and more layers, a stage at a time.

Run it as ``python benchmarks/growth.py [--layers 1250,5000,20000] [--placed] [--grouped]``. The nets are residual:
convolution, BatchNorm, Scale, ReLU in place, convolution and sum, over and over; with ``--placed`` every convolution is
split over two devices, with ``--grouped`` each of these blocks is in a group of its own that names a device. Printed
are, for each size and stage, microseconds of CPU time for each layer: where the stages are linear, a column stays as it
is from size to size.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from netdef.cli.findings import check_file
from netdef.cli.process import collect_seldom
from netdef.draw.summary import summary
from netdef.draw.table import table
from netdef.graph.build import build
from netdef.graph.logical import logical_devices
from netdef.graph.place import place
from netdef.net import Net
from netdef.prototxt.load import load
from netdef.schema import netdef_pb2 as schema
from netdef.schema.load import load_net

BLOCK = """
layer {{ name: "conv{n}a" type: "Convolution" bottom: "sum{before}" top: "conv{n}a"{own}
  convolution_param {{ num_output: 8 kernel_size: 3 pad: 1 bias_term: false weight_filler {{ type: "msra" }} }} }}
layer {{ name: "norm{n}" type: "BatchNorm" bottom: "conv{n}a" top: "conv{n}a" }}
layer {{ name: "scale{n}" type: "Scale" bottom: "conv{n}a" top: "conv{n}a" scale_param {{ bias_term: true }} }}
layer {{ name: "relu{n}" type: "ReLU" bottom: "conv{n}a" top: "conv{n}a" }}
layer {{ name: "conv{n}b" type: "Convolution" bottom: "conv{n}a" top: "conv{n}b"{own}
  convolution_param {{ num_output: 8 kernel_size: 3 pad: 1 weight_filler {{ type: "msra" }} }} }}
layer {{ name: "sum{n}" type: "Eltwise" bottom: "sum{before}" bottom: "conv{n}b" top: "sum{n}" }}"""
BLOCK_LAYERS = 6
INPUT = 'layer { name: "data" type: "Input" top: "sum0" input_param { shape { dim: 2 dim: 8 dim: 16 dim: 16 } } }'

Result = TypeVar("Result")


def residual_net(layers: int, *, placed: bool = False, grouped: bool = False) -> str:
    """Return the text of a net of about so many layers."""
    numbers = range(1, layers // BLOCK_LAYERS + 1)
    device = ' device: "0" device: "1"' if placed else ""
    own = {n: device + (f' in_group: "group{n}"' if grouped else "") for n in numbers}
    groups = [f'layer_group {{ name: "group{n}" device: "{n % 2}" }}' for n in numbers] if grouped else []
    blocks = (BLOCK.format(n=n, before=n - 1, own=own[n]) for n in numbers)
    return "\n".join(['name: "grown"', *groups, INPUT, *blocks, ""])


def stages(file: Path) -> Iterator[tuple[str, float]]:
    """Go through the stages of reading a net, and the seconds of CPU time that each takes."""
    seconds, _ = timed(lambda: load(file))
    yield "parse", seconds
    seconds, loaded = timed(lambda: load_net(file))
    yield "read", seconds
    seconds, graph = timed(lambda: build(loaded.message, schema.NetState(phase=schema.TEST), locate=loaded.locate))
    yield "build", seconds
    yield "place", timed(lambda: place(graph))[0]
    yield "net", timed(lambda: Net(graph, devices=("cpu:0", "cpu:1") if len(logical_devices(graph)) > 1 else ()))[0]
    yield "table", timed(lambda: table(graph))[0]
    yield "summary", timed(lambda: summary(graph))[0]
    yield "check", timed(lambda: check_file(str(file)))[0]


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    start = time.process_time()
    result = work()
    return time.process_time() - start, result


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--layers", default="1250,5000,20000")
    options.add_argument("--placed", action="store_true")
    options.add_argument("--grouped", action="store_true")
    chosen = options.parse_args()
    collect_seldom()  # as the command line does
    heading = ""
    for size in map(int, chosen.layers.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "grown.prototxt"
            file.write_text(residual_net(size, placed=chosen.placed, grouped=chosen.grouped))
            found = dict(stages(file))
        if not heading:
            heading = f"{'layers':>8}" + "".join(f"{stage:>10}" for stage in found)
            print(heading, "  µs of CPU time a layer", sep="")
        print(f"{size:8}" + "".join(f"{seconds / size * 1e6:10.0f}" for seconds in found.values()), flush=True)


if __name__ == "__main__":
    main()
