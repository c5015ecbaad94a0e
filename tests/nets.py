"""Nets made of texts, and numbers to run them on."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from netdef.net import Net
from netdef.schema import netdef_pb2 as schema
from tests.graph.texts import graph, layer

LOSS = layer("SoftmaxWithLoss", "y,label", "loss")
RANDOM = 'weight_filler { type: "gaussian" std: 1 }'


def numbers(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).normal(size=shape)).to(dtype)


def random_product(bottom: str, top: str, outputs: int = 4, options: str = "", name: str = "") -> str:
    return layer(
        "InnerProduct", bottom, top, f"inner_product_param {{ num_output: {outputs} {RANDOM} }} {options}", name
    )


def inputs(dtype: torch.dtype = torch.float32) -> dict[str, Tensor]:
    return {"x": numbers(5, 3, dtype=dtype), "label": torch.tensor([0, 1, 2, 3, 1], dtype=dtype)}


def net(*texts: str, phase: schema.Phase = schema.TRAIN, seed: int = 0, **options: object) -> Net:
    return Net(graph(*texts, phase=phase), seed=seed, **options)  # type: ignore[arg-type]
