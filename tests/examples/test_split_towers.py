from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import torch
from google.protobuf.text_format import MessageToString

import netdef
from netdef.schema.load import load_net
from netdef.weights.file import save_weights

ROOT = Path(__file__).parents[2]
PIXELS = 99  # leaves one pixel in pool5 and few weights in fc6; halves are halves all the same


def write_deployed(model: str, folder: Path) -> Path:
    net = load_net(ROOT / "models" / f"{model}.prototxt").message
    (caller,) = (layer for layer in net.layer if layer.type == "Input")
    caller.input_param.shape[0].dim[:] = [2, 3, PIXELS, PIXELS]
    (folder / f"{model}.prototxt").write_text(MessageToString(net))
    return folder / f"{model}.prototxt"


def test_the_towers_give_the_scores_of_the_whole_net(tmp_path: Path) -> None:
    whole = netdef.load(write_deployed("alexnet_paper", tmp_path), stages=["deploy"], seed=3)
    files = (str(tmp_path / "whole.caffemodel"), str(tmp_path / "towers.caffemodel"))
    save_weights(whole, files[0])
    subprocess.run([sys.executable, "examples/split_towers.py", *files], cwd=ROOT, check=True)
    towers = netdef.load(write_deployed("alexnet_two_towers", tmp_path), files[1], stages=["deploy"], seed=4)
    crops = {"data": 100 * torch.randn(2, 3, PIXELS, PIXELS, generator=torch.Generator().manual_seed(5))}
    kept = ["pool2", "pool5", "fc6", "fc8"]
    expected, found = whole(crops, keep=kept).blobs, towers(crops, keep=kept).blobs
    assert expected["fc8"].std() > 1e-3
    for name in (*kept, "prob"):
        torch.testing.assert_close(found[name], expected[name], rtol=1e-4, atol=1e-5)
