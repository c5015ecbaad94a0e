"""torch.compile and torch.export take whole nets only if they can trace each layer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import torch
from torch import Tensor

from netdef.layers.base import Layer
from tests.layers.contract import context, make, numbers, random_params

IMAGE = (2, 4, 6, 5)
SCORES, LABELS = numbers(3, 4), torch.tensor([0.0, 3, 1])

ONE_IMAGE = {
    "Bias": "",
    "Convolution": "convolution_param { num_output: 2 kernel_size: 3 pad: 1 }",
    "ELU": "",
    "Flatten": "",
    "InnerProduct": "inner_product_param { num_output: 2 }",
    "LRN": "lrn_param { group: 2 }",
    "Pooling": "pooling_param { kernel_size: 3 stride: 2 }",
    "Power": "power_param { power: 2 shift: 1 }",
    "ReLU": "",
    "Reduction": "reduction_param { operation: SUMSQ axis: 1 }",
    "Reshape": "reshape_param { shape { dim: 0 dim: -1 } }",
    "Scale": "scale_param { bias_term: true }",
    "Sigmoid": "",
    "Slice": "",
    "Softmax": "",
    "Split": "",
    "TanH": "",
}


def cases() -> list[tuple[Layer, Sequence[Tensor]]]:
    images = [numbers(*IMAGE), numbers(*IMAGE, seed=1)]
    alone = [
        make(kind, options, tops=2 if kind in ("Pooling", "Slice", "Split") else 1)
        for kind, options in ONE_IMAGE.items()
    ]
    return [
        *((layer, images[:1]) for layer in alone),
        (make("Pooling", "pooling_param { pool: AVE kernel_size: 3 stride: 3 pad: 2 }"), images[:1]),
        (make("Concat", bottoms=2), images),
        (make("Eltwise", "eltwise_param { operation: MAX }", bottoms=2), images),
        (make("EuclideanLoss", bottoms=2), images),
        (make("HingeLoss", bottoms=2), (SCORES, LABELS)),
        (make("SoftmaxWithLoss", "loss_param { ignore_label: 3 }", bottoms=2), (SCORES, LABELS)),
        (make("Accuracy", bottoms=2, tops=2), (SCORES, LABELS)),
    ]


# torch makes an instance of an autograd.Function as it traces one, and warns of itself
@pytest.mark.filterwarnings("ignore:.*should not be instantiated:DeprecationWarning")
def test_layers_are_traced_whole_and_give_the_same_numbers() -> None:
    chosen = [(layer, random_params(layer, *bottoms), bottoms) for layer, bottoms in cases()]

    def forward(bottoms: Sequence[Sequence[Tensor]]) -> list[tuple[Tensor, ...]]:
        return [
            layer.forward(context(layer), params, *inputs)
            for (layer, params, _), inputs in zip(chosen, bottoms, strict=True)
        ]

    assert all(layer.traceable for layer, _, _ in chosen)
    values = [bottoms for _, _, bottoms in chosen]
    torch.testing.assert_close(torch.compile(forward, backend="eager", fullgraph=True)(values), forward(values))
