"""Nets with layers that can run as one, as texts."""

from __future__ import annotations

from tests.graph.texts import layer

IMAGES = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 dim: 7 dim: 5 } } }'
VOLUMES = 'layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 dim: 3 dim: 7 dim: 5 } } }'


def convolution(bottom: str, top: str, options: str = "", name: str = "") -> str:
    common = 'kernel_size: 3 pad: 1 weight_filler { type: "xavier" } bias_filler { type: "uniform" }'
    outputs = "" if "num_output" in options else "num_output: 4"
    return layer("Convolution", bottom, top, f"convolution_param {{ {outputs} {common} {options} }}", name)


def product(bottom: str, top: str, options: str = "") -> str:
    filler = 'weight_filler { type: "xavier" } bias_filler { type: "uniform" }'
    return layer("InnerProduct", bottom, top, f"inner_product_param {{ num_output: 6 {filler} {options} }}")


def scale(bottom: str, top: str, name: str, options: str = "bias_term: true") -> str:
    return layer("Scale", bottom, top, f'scale_param {{ filler {{ type: "uniform" min: -2 }} {options} }}', name)


C = convolution("x", "c")
BN, SCALE, RELU = layer("BatchNorm", "c", "c", name="bn"), scale("c", "c", "s"), layer("ReLU", "c", "c", name="r")


def maxima(options: str, bottom: str = "c") -> str:
    return layer("Pooling", bottom, "p", f"pooling_param {{ {options} }}")


NETS = {
    "chain": (C, BN, SCALE, RELU),
    "no bias": (convolution("x", "c", "bias_term: false"), BN, scale("c", "c", "s", ""), RELU),
    "own names": (C, layer("BatchNorm", "c", "b"), scale("b", "s", "s"), layer("ReLU", "s", "r")),
    "groups, stride, dilation": (convolution("x", "c", "group: 2 stride: 2 dilation: 2"), BN, SCALE, RELU),
    "depthwise": (convolution("x", "c", "group: 4"), BN, RELU),
    "batch norm alone": (layer("BatchNorm", "x", "y"),),
    "batch norm first": (layer("BatchNorm", "x", "c"), SCALE, RELU),
    "scale first": (scale("x", "c", "s"), layer("Bias", "c", "c", name="b"), BN, RELU),
    "bias": (C, layer("Bias", "c", "c", 'bias_param { filler { type: "uniform" } }', "b"), RELU),
    "slope": (C, layer("ReLU", "c", "c", "relu_param { negative_slope: 0.1 }", "r")),
    "two consumers": (C, layer("BatchNorm", "c", "b"), layer("ReLU", "c", "r")),
    "output inside": (C, layer("BatchNorm", "c", "b", "loss_weight: 1"), layer("ReLU", "b", "r")),
    "same twice": (C, layer("Eltwise", "c,c", "y"), layer("ReLU", "y", "y", name="r")),
    "residual": (C, BN, SCALE, layer("Eltwise", "x,c", "y"), layer("ReLU", "y", "y", name="r")),
    "residual read again": (
        *(C, BN, layer("Eltwise", "c,x", "y"), layer("ReLU", "y", "r")),
        *(convolution("r", "d"), layer("Eltwise", "d,r", "e"), layer("ReLU", "e", "e", name="f")),
    ),
    "two branches": (
        *(C, BN, convolution("x", "d"), layer("BatchNorm", "d", "d", name="bn2"), layer("Eltwise", "c,d", "y")),
        layer("ReLU", "y", "y", name="r"),
    ),
    "sum of a view": (layer("Split", "x", "v,w"), convolution("v", "c"), layer("Eltwise", "w,c", "y")),
    "maxima": (C, BN, SCALE, RELU, maxima("kernel_size: 3 stride: 2"), convolution("p", "d")),
    "maxima of all": (C, RELU, maxima("global_pooling: true")),
    "maxima with slope": (
        *(C, layer("ReLU", "c", "c", "relu_param { negative_slope: 0.1 }", "r"), maxima("kernel_size: 3")),
    ),
    "maxima with places": (C, RELU, layer("Pooling", "c", "p,q", "pooling_param { kernel_size: 3 }")),
    "maxima of windows without pixels": (C, RELU, maxima("kernel_size: 1 stride: 3 pad: 0 round_mode: CEIL")),
    "maxima of windows of padding": (C, RELU, maxima("kernel_size: 3 pad: 2")),
    "products": (product("x", "c"), BN, SCALE, RELU, product("c", "y")),
    "transposed": (product("x", "c", "transpose: true"), BN, RELU),
    "product without bias": (product("x", "c", "bias_term: false"), RELU),
    "more weights than numbers": (convolution("x", "c", "num_output: 90"), BN, SCALE, RELU),
    "shared kernels": (
        convolution("x", "c").replace("bottom", 'param { name: "w" } param { name: "v" } bottom', 1),
        *(BN, SCALE, RELU),
        convolution("c", "d").replace("bottom", 'param { name: "w" } param { name: "v" } bottom', 1),
    ),
}
