"""A layer of each type that can be traced, with bottoms for it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from netdef.layers.base import Layer
from tests.layers.contract import known, make, numbers, shapes_of

IMAGE = (2, 4, 6, 5)
SCORES, LABELS = numbers(3, 4), torch.tensor([0.0, 3, 1])

LOGITS, SEQUENCE, GOES_ON = numbers(3, 4, seed=1), numbers(5, 2, 3), torch.ones(5, 2)

ONE_IMAGE = {
    "AbsVal": "",
    "ArgMax": "argmax_param { top_k: 2 }",
    "BNLL": "",
    "BatchNorm": "",
    "Bias": "",
    "Clip": "clip_param { min: -1 max: 1 }",
    "Convolution": "convolution_param { num_output: 2 kernel_size: 3 pad: 1 }",
    "Deconvolution": "convolution_param { num_output: 2 kernel_size: 3 stride: 2 group: 2 }",
    "Dropout": "",
    "ELU": "",
    "Exp": "",
    "Flatten": "",
    "Im2col": "convolution_param { kernel_size: 3 stride: 2 }",
    "InnerProduct": "inner_product_param { num_output: 2 }",
    "LRN": "lrn_param { group: 2 }",
    "Log": "log_param { shift: 9 }",
    "MVN": "",
    "PReLU": "",
    "Pooling": "pooling_param { kernel_size: 3 stride: 2 }",
    "Power": "power_param { power: 2 shift: 1 }",
    "ReLU": "",
    "Reduction": "reduction_param { operation: SUMSQ axis: 1 }",
    "Reshape": "reshape_param { shape { dim: 0 dim: -1 } }",
    "SPP": "spp_param { pyramid_height: 2 }",
    "Scale": "scale_param { bias_term: true }",
    "Sigmoid": "",
    "Silence": "",
    "Slice": "",
    "Softmax": "",
    "Split": "",
    "Swish": "",
    "TanH": "",
    "Threshold": "",
    "Tile": "tile_param { tiles: 2 }",
}
CONNECTED = "convolution_param { num_output: 2 kernel_size: 3 connection { input: [0, 3] } connection { input: 1 } }"
TOPS = {"Pooling": 2, "Slice": 2, "Split": 2, "Silence": 0}


def cases() -> list[tuple[Layer, Sequence[Tensor]]]:
    images = [numbers(*IMAGE), numbers(*IMAGE, seed=1)]
    alone = [make(kind, options, tops=TOPS.get(kind, 1)) for kind, options in ONE_IMAGE.items()]
    return [
        *((layer, images[:1]) for layer in alone),
        (make("Pooling", "pooling_param { pool: AVE kernel_size: 3 stride: 3 pad: 2 }"), images[:1]),
        (make("Concat", bottoms=2), images),
        (make("Crop", "crop_param { offset: 1 }", bottoms=2), (images[0], numbers(2, 4, 3, 2))),
        (make("Eltwise", "eltwise_param { operation: MAX }", bottoms=2), images),
        (make("Convolution", CONNECTED), images[:1]),
        (make("RadialBasis", 'radial_basis_param { code: "##.#" code: "...." }'), (SCORES,)),
        (make("DistanceLoss", "distance_loss_param { rubbish: 1 }", bottoms=2), (SCORES.square(), LABELS)),
        (make("BatchReindex", bottoms=2), (images[0], torch.tensor([1.0, 0, 1]))),
        (make("Embed", "embed_param { num_output: 2 input_dim: 4 }"), (LABELS,)),
        (make("Parameter", "parameter_param { shape { dim: 2 dim: 3 } }", bottoms=0), ()),
        (make("LSTM", "recurrent_param { num_output: 4 }", bottoms=2), (SEQUENCE, GOES_ON)),
        (make("RNN", "recurrent_param { num_output: 4 }", bottoms=2), (SEQUENCE, GOES_ON)),
        (make("LSTMUnit", bottoms=3, tops=2), (numbers(1, 2, 3), numbers(1, 2, 12), torch.ones(1, 2))),
        (make("EuclideanLoss", bottoms=2), images),
        (make("ContrastiveLoss", bottoms=3), (SCORES, LOGITS, torch.tensor([1.0, 0, 1]))),
        (make("SigmoidCrossEntropyLoss", bottoms=2), (LOGITS, SCORES)),
        (make("HingeLoss", bottoms=2), (SCORES, LABELS)),
        (make("MultinomialLogisticLoss", bottoms=2), (SCORES.abs(), LABELS)),
        (make("InfogainLoss", bottoms=3), (SCORES, LABELS, torch.eye(4))),
        (make("SoftmaxWithLoss", "loss_param { ignore_label: 3 }", bottoms=2), (SCORES, LABELS)),
        (make("Accuracy", bottoms=2, tops=2), (SCORES, LABELS)),
    ]


def random_state(layer: Layer, *bottoms: Tensor) -> list[Tensor]:
    return [numbers(*known(spec.shape)).abs() for spec in layer.state(*shapes_of(bottoms))]
