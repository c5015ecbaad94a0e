"""One layer of every type, or several where it is split in several ways, with bottoms that two devices can share."""

from __future__ import annotations

from dataclasses import dataclass, field

Bottoms = dict[str, tuple[int, ...]]

IMAGE: Bottoms = {"x": (3, 4, 6, 5)}
TWO_IMAGES: Bottoms = {"x": (3, 4, 6, 5), "z": (3, 4, 6, 5)}
ROWS: Bottoms = {"x": (3, 4)}
TWO_ROWS: Bottoms = {"x": (3, 4), "z": (3, 4)}
LABELS: Bottoms = {"label": (3,)}
SCORES: Bottoms = {"x": (3, 6), "label": (3,)}
SEQUENCE: Bottoms = {"x": (5, 2, 4), "cont": (5, 2)}
FILL = 'weight_filler { type: "xavier" } bias_filler { type: "uniform" }'
MANY = f"num_output: 8 kernel_size: 3 {FILL}"
CONNECTED = "connection { input: [0, 3] } connection { input: 1 }"


@dataclass(frozen=True)
class Example:
    """A layer: its options, what its bottoms are, and how many tops it has."""

    type: str
    options: str = ""
    bottoms: Bottoms = field(default_factory=lambda: IMAGE)
    tops: int = 1

    @property
    def brief(self) -> str:
        """The type, and the options without their fillers."""
        return f"{self.type} {self.options.replace(FILL, '')}".strip()


ELEMENTWISE = (
    *("AbsVal", "BNLL", "BatchNorm", "Bias", "Dropout", "ELU", "Exp", "Flatten", "LRN", "MVN", "PReLU", "ReLU"),
    *("Scale", "Sigmoid", "Softmax", "Swish", "TanH", "Threshold", "ArgMax"),
)
SPLIT = (
    Example("Clip", "clip_param { min: -1 max: 1 }"),
    Example("Log", "log_param { shift: 9 }"),
    Example("Power", "power_param { power: 2 shift: 1 }"),
    Example("PReLU", "prelu_param { channel_shared: true }"),
    Example("LRN", "lrn_param { local_size: 3 group: 2 }"),
    Example("LRN", "lrn_param { local_size: 3 norm_region: WITHIN_CHANNEL }"),
    Example("MVN", "mvn_param { across_channels: true }"),
    Example("Scale", "scale_param { bias_term: true num_axes: 2 }"),
    Example("Scale", "scale_param { axis: 0 num_axes: -1 }"),
    Example("Scale", "scale_param { axis: 2 bias_term: true }"),
    Example("Scale", "scale_param { bias_term: true }", {"x": (3, 4, 6, 5), "z": (4,)}),
    Example("Bias", "bias_param { axis: 0 }", {"x": (3, 4, 6, 5), "z": (3, 4)}),
    Example("BatchNorm", "batch_norm_param { use_global_stats: true }"),
    Example("Convolution", f"convolution_param {{ {MANY} }}"),
    Example("Convolution", f"convolution_param {{ {MANY} group: 2 bias_term: false }}", TWO_IMAGES, tops=2),
    Example("Convolution", f"convolution_param {{ {MANY} group: 4 }}"),
    Example("Convolution", f"convolution_param {{ num_output: 2 kernel_size: 3 {FILL} {CONNECTED} }}"),
    Example("Convolution", f"convolution_param {{ {MANY} axis: 0 force_nd_im2col: true }}", {"x": (4, 8, 6, 5)}),
    Example("Deconvolution", f"convolution_param {{ {MANY} stride: 2 }}"),
    Example("Deconvolution", f"convolution_param {{ {MANY} group: 2 }}"),
    Example("Deconvolution", f"convolution_param {{ {MANY} group: 4 bias_term: false }}"),
    Example("InnerProduct", f"inner_product_param {{ num_output: 6 {FILL} }}"),
    Example("InnerProduct", f"inner_product_param {{ num_output: 6 transpose: true {FILL} }}"),
    Example("InnerProduct", f"inner_product_param {{ num_output: 6 bias_term: false axis: 2 {FILL} }}"),
    Example("Pooling", "pooling_param { kernel_size: 3 stride: 2 }", tops=2),
    Example("Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 3 stride: 2 }"),
    Example("Im2col", "convolution_param { kernel_size: 3 stride: 2 }"),
    Example("Eltwise", "eltwise_param { operation: MAX }", TWO_IMAGES),
    Example("Eltwise", "eltwise_param { coeff: 2 coeff: -1 }", TWO_IMAGES),
    Example("Concat", "concat_param { axis: 2 }", TWO_IMAGES),
    Example("Concat", "", TWO_IMAGES),
    Example("Slice", "slice_param { axis: 3 slice_point: 2 }", tops=2),
    Example("Slice", "slice_param { slice_point: 3 }", tops=2),
    Example("Split", tops=2),
    Example("Tile", "tile_param { axis: 2 tiles: 2 }"),
    Example("Tile", "tile_param { tiles: 3 }"),
    Example("Flatten", "flatten_param { axis: 2 }"),
    Example("Flatten", "flatten_param { axis: 0 end_axis: 1 }"),
)
WHOLE = (
    Example("BatchReindex", "", {"x": (3, 4, 6, 5), "index": (2,)}),
    Example("Crop", "crop_param { offset: 1 }", {"x": (3, 4, 6, 5), "z": (3, 4, 5, 2)}),
    Example("Embed", f"embed_param {{ num_output: 2 input_dim: 5 {FILL} }}", LABELS),
    Example("Filter", "", {"x": (3, 4, 6, 5), "select": (3,)}),
    Example("Parameter", "parameter_param { shape { dim: 4 dim: 2 } }", {}),
    Example("Reduction", "reduction_param { operation: SUMSQ axis: 1 }"),
    Example("Reshape", "reshape_param { shape { dim: 0 dim: -1 dim: 2 } }"),
    Example("SPP", "spp_param { pyramid_height: 2 }"),
    Example("SPP", "spp_param { pyramid_height: 1 }"),
    Example("RadialBasis", 'radial_basis_param { code: "##.#" code: "...." }', ROWS),
    Example("LSTM", f"recurrent_param {{ num_output: 4 {FILL} }}", SEQUENCE),
    Example("RNN", f"recurrent_param {{ num_output: 4 {FILL} }}", SEQUENCE),
    Example("LSTMUnit", "", {"x": (1, 2, 6), "z": (1, 2, 24), "cont": (1, 2)}, tops=2),
    Example("Silence", tops=0),
    Example("Python", 'python_param { module: "tests.layers.user_layers" layer: "WeightedProduct" }', TWO_ROWS),
    Example("HDF5Output", 'hdf5_output_param { file_name: "written.h5" }', ROWS | LABELS, tops=0),
    Example("DummyData", 'dummy_data_param { shape { dim: 2 dim: 4 } data_filler { type: "gaussian" } }', {}),
    Example("Accuracy", "", SCORES, tops=2),
    Example("SoftmaxWithLoss", "", SCORES),
    Example("HingeLoss", "", SCORES),
    Example("MultinomialLogisticLoss", "", SCORES),
    Example("InfogainLoss", "", SCORES | {"z": (6, 6)}),
    Example("DistanceLoss", "distance_loss_param { rubbish: 1 }", SCORES),
    Example("ContrastiveLoss", "", TWO_ROWS | {"same": (3,)}),
    Example("EuclideanLoss", "", TWO_IMAGES),
    Example("SigmoidCrossEntropyLoss", "", TWO_ROWS),
)
# Their tops are what the caller gives.
SOURCES = (
    Example("Input", "input_param { shape { dim: 3 dim: 4 } }", {}),
    Example("Data", 'data_param { source: "s" batch_size: 3 }', {}, tops=2),
    Example("MemoryData", "memory_data_param { batch_size: 3 channels: 4 height: 2 width: 5 }", {}, tops=2),
    Example("ImageData", 'image_data_param { source: "s" batch_size: 3 }', {}, tops=2),
    Example(
        "WindowData", 'window_data_param { source: "s" batch_size: 4 } transform_param { crop_size: 5 }', {}, tops=2
    ),
    Example("HDF5Data", 'hdf5_data_param { source: "s" batch_size: 3 }', {}),
)
EXAMPLES = (*map(Example, ELEMENTWISE), *SPLIT, *WHOLE, *SOURCES)
# Those of which each of two devices computes a part; all others run whole, on the first.
IN_PARTS = {*ELEMENTWISE, *(example.type for example in SPLIT)} - {"Softmax", "ArgMax"}
