"""Nets that say which device runs which layer: between them they place layers in every way that there is."""

from __future__ import annotations

from dataclasses import dataclass

from tests.graph.texts import layer

FILLER = 'weight_filler { type: "xavier" } bias_filler { type: "uniform" min: -0.5 max: 0.5 }'
BOTH = 'device: "0" device: "1"'
ON_0, ON_1, ON_2, ON_3 = (f'device: "{index}"' for index in range(4))


@dataclass(frozen=True)
class Placed:
    """A net as text, and on how many devices it says that it lies."""

    text: str
    devices: int = 2


def source(name: str, *shape: int, options: str = "") -> str:
    dims = " ".join(f"dim: {length}" for length in shape)
    return layer("Input", "", name, f"input_param {{ shape {{ {dims} }} }} {options}")


def conv(bottom: str, top: str, outputs: int, options: str = "", device: str = "", kernel: int = 3) -> str:
    settings = f"num_output: {outputs} kernel_size: {kernel} {FILLER} {options}"
    return layer("Convolution", bottom, top, f"convolution_param {{ {settings} }} {device}")


def product(bottom: str, top: str, outputs: int, device: str = "", options: str = "", name: str = "") -> str:
    settings = f"inner_product_param {{ num_output: {outputs} {FILLER} {options} }} {device}"
    return layer("InnerProduct", bottom, top, settings, name)


def placed(*texts: str, devices: int = 2) -> Placed:
    return Placed("\n".join(texts), devices)


IMAGE = source("data", 3, 4, 9, 8)
LABEL = source("label", 3)
END = layer("SoftmaxWithLoss", "scores,label", "loss", ON_1)

MIXED = placed(
    IMAGE,
    LABEL,
    conv("data", "conv", 8, device=BOTH),
    layer("BatchNorm", "conv", "conv", name="bn"),
    layer("Scale", "conv", "conv", "scale_param { bias_term: true }", name="scale"),
    layer("PReLU", "conv", "conv", name="prelu"),
    layer("LRN", "conv", "norm"),
    conv("norm", "same", 8, "pad: 1 group: 2", BOTH),
    layer("Eltwise", "norm,same", "sum"),
    layer("Slice", "sum", "left,right", "slice_param { slice_point: 4 }", name="cut"),
    layer("PReLU", "left", "left", f"prelu_param {{ channel_shared: true }} {BOTH}", name="bent"),
    layer("Concat", "right,left", "joined", ON_0),
    layer("Deconvolution", "joined", "grown", f"convolution_param {{ num_output: 6 kernel_size: 2 {FILLER} }} {BOTH}"),
    layer("Bias", "grown", "grown", "bias_param { filler { value: 0.1 } }", name="bias"),
    layer("Pooling", "grown", "pooled", "pooling_param { kernel_size: 3 stride: 2 }"),
    layer("Flatten", "pooled", "flat"),
    layer("Dropout", "flat", "flat", "dropout_param { dropout_ratio: 0.3 }", name="drop"),
    product("flat", "scores", 6, BOTH),
    END,
)

# Branches of other widths side by side, two heads of losses, each device having some of each.
INCEPTION = placed(
    IMAGE,
    LABEL,
    conv("data", "stem", 6, device=ON_0),
    conv("stem", "one", 2, device=ON_0, kernel=1),
    conv("stem", "reduce", 4, device=ON_1, kernel=1),
    layer("ReLU", "reduce", "reduce", name="bend"),
    conv("reduce", "three", 6, "pad: 1", ON_1),
    layer("Pooling", "stem", "pool", f"pooling_param {{ kernel_size: 3 stride: 1 pad: 1 }} {BOTH}"),
    conv("pool", "project", 4, device=BOTH, kernel=1),
    layer("Concat", "one,three,project", "out", ON_1),
    product("out", "early", 5, ON_0),
    layer("SoftmaxWithLoss", "early,label", "aux", f"loss_weight: 0.3 {ON_0}"),
    conv("out", "last", 8, device=BOTH),
    layer("Pooling", "last", "mean", "pooling_param { pool: AVE global_pooling: true }"),
    product("mean", "scores", 5, ON_1),
    END,
)


def twin(side: str, device: str) -> str:
    shared = 'param { name: "conv_w" } param { name: "conv_b" }'
    learned = 'param { name: "w" lr_mult: 1 } param { name: "b" lr_mult: 2 }'
    settings = f"convolution_param {{ num_output: 4 kernel_size: 3 {FILLER} }}"
    return "\n".join(
        [
            layer("Convolution", f"data{side}", f"conv{side}", f"{settings} {shared} {device}"),
            layer("BatchNorm", f"conv{side}", f"n{side}"),
            product(f"n{side}", f"f{side}", 6, f"{device} {learned}"),
        ]
    )


SIAMESE = placed(
    source("data0", 3, 2, 5, 6),
    source("data1", 3, 2, 5, 6, options=ON_1),
    source("same", 3),
    twin("0", ON_0),
    twin("1", ON_1),
    layer("ContrastiveLoss", "f0,f1,same", "loss", f"contrastive_loss_param {{ margin: 2 }} {ON_1}"),
)
SIAMESE_IN_PARTS = placed(
    source("data0", 3, 2, 5, 6),
    source("data1", 3, 2, 5, 6),
    source("same", 3),
    twin("0", BOTH),
    twin("1", ON_1),
    layer("ContrastiveLoss", "f0,f1,same", "loss", f"contrastive_loss_param {{ margin: 2 }} {ON_0}"),
)
WHOLE_THEN_PARTS = placed(
    source("data0", 3, 2, 5, 6),
    source("data1", 3, 2, 5, 6),
    source("same", 3),
    twin("0", ON_1),
    twin("1", BOTH),
    layer("ContrastiveLoss", "f0,f1,same", "loss", f"contrastive_loss_param {{ margin: 2 }} {ON_0}"),
)

# Nothing goes down to the frozen layers, nor through ``idle``, whose one bottom must not learn from it.
FROZEN = placed(
    f'layer_group {{ name: "still" freeze: true {BOTH} }}',
    IMAGE,
    LABEL,
    conv("data", "conv", 8, device='in_group: "still"'),
    layer("BatchNorm", "conv", "conv", 'in_group: "still"', name="bn"),
    layer("LRN", "conv", "norm", 'in_group: "still"'),
    product("norm", "learned", 6, BOTH),
    product("learned", "side", 4, f"{ON_1} propagate_down: false"),
    layer("Reduction", "side", "small", "reduction_param { operation: SUMSQ } loss_weight: 0.01"),
    product("learned", "scores", 6, ON_1),
    END,
)
FORCED = placed("force_backward: true", FROZEN.text)

RECURRENT = placed(
    source("x", 5, 3, 4),
    source("cont", 5, 3),
    source("target", 5, 3, 2),
    product("x", "inward", 6, ON_0, "axis: 2"),
    layer("LSTM", "inward,cont", "lstm", f"recurrent_param {{ num_output: 4 {FILLER} }} {ON_1}"),
    layer("RNN", "lstm,cont", "rnn", f"recurrent_param {{ num_output: 6 {FILLER} }} {BOTH}"),
    product("rnn", "y", 2, ON_1, "axis: 2"),
    layer("EuclideanLoss", "y,target", "loss", ON_1),
)

THREE = placed(
    IMAGE,
    LABEL,
    conv("data", "conv", 12, device='device: "0" device: "1" device: "2"'),
    layer("LRN", "conv", "norm", "lrn_param { local_size: 7 }"),
    conv("norm", "grouped", 12, "group: 3", 'device: "0" device: "1" device: "2"'),
    conv("grouped", "halves", 6, device='device: "2" device: "0"'),
    product("halves", "scores", 9, 'device: "1" device: "2" device: "0"'),
    END,
    devices=3,
)
ALL_FOUR = 'device: "0" device: "1" device: "2" device: "3"'
FOUR = placed(
    IMAGE,
    LABEL,
    conv("data", "conv", 8, device=ALL_FOUR),
    layer("LRN", "conv", "norm", "lrn_param { group: 2 }"),
    conv("norm", "grouped", 8, "group: 2", ALL_FOUR),
    layer("Dropout", "grouped", "grouped", name="drop"),
    conv("grouped", "own", 8, "group: 8", 'device: "3" device: "1"'),
    product("own", "hidden", 8, ALL_FOUR),
    layer("TanH", "hidden", "hidden", name="bend"),
    product("hidden", "scores", 6, f"{ON_2} {ON_3}"),
    END,
    devices=4,
)

NETS = {
    "mixed": MIXED,
    "inception": INCEPTION,
    "siamese": SIAMESE,
    "siamese in parts": SIAMESE_IN_PARTS,
    "whole, then in parts": WHOLE_THEN_PARTS,
    "frozen": FROZEN,
    "forced": FORCED,
    "recurrent": RECURRENT,
    "three": THREE,
    "four": FOUR,
}
