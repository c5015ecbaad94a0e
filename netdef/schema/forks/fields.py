"""Fields that only forks of Caffe have, by the message that they stand in."""

from __future__ import annotations

from netdef.schema.forks import names
from netdef.schema.forks.types import owners, type_like

_ALGORITHM = "remove it: it chooses among cuDNN's algorithms"
_AFFINE = "write a Scale { bias_term: true } layer behind BatchNorm"
_AUGMENTATION = "netdef has crop_size, mirror and shorter_side_min; make other changes of images before training"
_CLASS_WEIGHTS = "InfogainLoss weighs classes, by the diagonal of its matrix"
_DETECTION = "remove it: netdef has no layer that judges detections"
_HARMLESS = "remove it: it changes no number"
_PRECISION = "remove it: --precision, or precision in the solver, says in what to compute"
_RATES = "remove it and tune base_lr and lr_mult: netdef has no such rates"
_STEADY = "remove it: momentum and weight_decay stay as they are"

# Message, fork, fields, what to do.
_ROWS = (
    ("BatchNormParameter", names.DEEPLAB, "update_global_stats", "remove it where it is true"),
    ("BatchNormParameter", names.INTEL, "bias_term filler use_weight_bias", _AFFINE),
    ("BatchNormParameter", names.INTEL, "relu", "write a ReLU layer behind it"),
    ("BatchNormParameter", names.NVIDIA, "bias_filler scale_bias scale_filler", _AFFINE),
    ("BatchNormParameter", names.NVIDIA, "engine", _HARMLESS),
    ("ConvolutionParameter", names.DEEPLAB, "hole hole_h hole_w", "write dilation instead"),
    ("ConvolutionParameter", names.INTEL, "conv_algorithm fusion_type", "remove it"),
    ("ConvolutionParameter", names.INTEL, "relu", "write a ReLU layer behind it"),
    ("ConvolutionParameter", names.NVIDIA, "conv_algos_override cudnn_convolution_algo_seeker", _ALGORITHM),
    ("ConvolutionParameter", names.NVIDIA, "CuDNNBwdDataAlgo CuDNNBwdFilterAlgo CuDNNFwdAlgo", _ALGORITHM),
    ("ConvolutionParameter", names.NVIDIA, "CuDNNWorkspaceSize", _ALGORITHM),
    ("ConvolutionParameter", names.PARSENET, "filter_stride filter_stride_h filter_stride_w", "write dilation instead"),
    ("ConvolutionParameter", names.TSN, "dilation_h dilation_w", "write dilation twice, height first"),
    ("ConvolutionParameter", names.UNNAMED, "pad_b pad_l pad_r pad_t", "write pad_h and pad_w if both sides are alike"),
    ("ConvolutionParameter", names.UNNAMED, "kernel_shape", "write kernel_size once for each axis"),
    ("ConvolutionParameter", names.UNNAMED, "pad_shape", "write pad once for each axis"),
    ("ConvolutionParameter", names.UNNAMED, "stride_shape", "write stride once for each axis"),
    ("DataParameter", names.NVIDIA, "cache parser_threads precache threads", _HARMLESS),
    ("DataParameter", names.NVIDIA, "shuffle", "shuffle when the database is made: convert-imageset --shuffle"),
    ("DropoutParameter", names.FAST_RCNN, "scale_train", "remove it where it is true: Dropout scales in training"),
    ("DropoutParameter", names.SEGNET, "sample_weights_test", "phase: TRAIN in the layer lets it drop in tests, too"),
    ("ImageDataParameter", names.DEEPLAB, "ignore_label", "write it in the loss, in its loss_param"),
    (
        "ImageDataParameter",
        names.DEEPLAB,
        "label_type",
        "netdef has no list of images with label images; HDF5Data can hold both",
    ),
    ("LayerParameter", names.HEATMAP, "heatmap_data_param", "netdef has no such layer"),
    ("LayerParameter", names.HEATMAP, "visualise", _HARMLESS),
    ("LayerParameter", names.NVIDIA, "backward_math backward_type forward_math forward_type", _PRECISION),
    ("LayerParameter", names.NVIDIA, "cudnn_math_override", _ALGORITHM),
    ("LayerParameter", names.NVIDIA, "detectnet_augmentation_param detectnet_groundtruth_param", "remove it"),
    ("LayerParameter", names.RISTRETTO, "quantization_param", "without it the layer computes in floats"),
    ("LossParameter", names.RFCN, "pre_fixed_normalizer", "write normalization: NONE and loss_weight: 1 / the number"),
    ("LossParameter", names.SEGNET, "class_weighting weight_by_label_freqs", _CLASS_WEIGHTS),
    ("MemoryDataParameter", names.OPENCL, "dim", "write batch_size, channels, height and width"),
    ("NetParameter", names.INTEL, "bn_stats_batch_size compile_net_state engine multinode", "remove it"),
    ("NetParameter", names.NVIDIA, "default_backward_math default_backward_type", _PRECISION),
    ("NetParameter", names.NVIDIA, "default_forward_math default_forward_type", _PRECISION),
    ("NetParameter", names.NVIDIA, "default_conv_algos_override default_cudnn_math_override", _ALGORITHM),
    ("NetParameter", names.NVIDIA, "eltwise_mem_sharing reduce_buckets", _HARMLESS),
    ("NetParameter", names.NVIDIA, "global_grad_scale global_grad_scale_adaptive", _PRECISION),
    ("NetParameter", names.SSD, "item", "the file is a list of labels, no net"),
    ("NetParameter", names.TSN, "mem_param", _HARMLESS),
    ("PoolingParameter", names.INTEL, "avg_include_pad", "remove it where it is true: averages count the padding"),
    ("PoolingParameter", names.OPENCL, "dilation", "remove it where it is 1"),
    ("PoolingParameter", names.UNNAMED, "ceil_mode", "write round_mode: CEIL for true, round_mode: FLOOR for false"),
    ("PoolingParameter", names.UNNAMED, "kernel_shape pad_shape stride_shape", "netdef pools over two axes"),
    ("PoolingParameter", names.UNNAMED, "round_below", "write round_mode: FLOOR where it is true"),
    ("SolverParameter", names.FACES, "clamp_weights_lower clamp_weights_upper clip_weights", "remove it"),
    ("SolverParameter", names.INTEL, "local_gw_ratio local_lr_auto", _RATES),
    ("SolverParameter", names.NVIDIA, "larc larc_eta larc_policy larc_turbo", _RATES),
    ("SolverParameter", names.NVIDIA, "max_momentum momentum_policy momentum_power", _STEADY),
    ("SolverParameter", names.NVIDIA, "max_weight_decay weight_decay_policy weight_decay_power", _STEADY),
    ("SolverParameter", names.NVIDIA, "per_parameter_reduce store_blobs_in_old_format", _HARMLESS),
    ("SolverParameter", names.NVIDIA, "rampup_interval", "write warmup_iter: a climb in a straight line"),
    ("SolverParameter", names.NVIDIA, "rampup_lr", "write warmup_start_lr"),
    ("SolverParameter", names.NVIDIA, "solver_data_type", _PRECISION),
    ("SolverParameter", names.NVIDIA, "test_and_snapshot_last_epochs", "test_interval and snapshot say when"),
    ("SolverParameter", names.SSD, "ap_version eval_type show_per_class_result", _DETECTION),
    ("SolverParameter", names.SSD, "plateau_winsize", 'lr_policy: "plateau" has a plateau_param { … }'),
    ("SolverParameter", names.TSN, "group_id richness", "remove it"),
    ("SolverParameter", names.YOLO, "stageiter", 'write stepvalue: for lr_policy: "multistep", without the last one'),
    ("SolverParameter", names.YOLO, "stagelr", 'lr_policy: "multistep" has base_lr, and one gamma for all its steps'),
    ("TransformationParameter", names.DEEPLAB, "crop_height crop_width scale_factors", _AUGMENTATION),
    ("TransformationParameter", names.NVIDIA, "forward_packing random_seed use_gpu_transform", "remove it"),
    ("TransformationParameter", names.SSD, "crop_h crop_w distort_param emit_constraint expand_param", _AUGMENTATION),
    ("TransformationParameter", names.SSD, "noise_param resize_param", _AUGMENTATION),
    ("TransformationParameter", names.TSN, "fix_crop is_flow max_distort more_fix_crop", _AUGMENTATION),
    ("TransformationParameter", names.TSN, "multi_scale scale_ratios", _AUGMENTATION),
)
_KNOWN = {(message, field): (fork, way) for message, fork, fields, way in _ROWS for field in fields.split()}
_OPTIONS = {  # not named after their types
    "augmentation_param": "DataAugmentation",
    "bn_param": "BN",
    "norm_param": "Normalize",
}


def fork_fields() -> list[tuple[str, str]]:
    """Return the pairs of message and field that are known to come from forks."""
    return list(_KNOWN)


def way_round_field(message: str, field: str) -> str:
    """Tell whose a field of a message is and what to write instead; empty for a field of no known fork."""
    message = message.removeprefix("V1")
    if (message, field) in _KNOWN:
        fork, way = _KNOWN[message, field]
        return f"{field} comes from {fork}: {way}"
    if message == "LayerParameter" and field.endswith("_param"):
        kind = type_like(_OPTIONS.get(field, field.removesuffix("_param")))
        return f"{field} comes from {owners(kind)}, with its layer type {kind}" if kind else ""
    return ""
