"""What the first form of layers called its types and options, and where they are in the second."""

from __future__ import annotations

from netdef.schema.upgrade.paths import Path

TYPES = {
    "accuracy": "ACCURACY",
    "bnll": "BNLL",
    "concat": "CONCAT",
    "conv": "CONVOLUTION",
    "data": "DATA",
    "dropout": "DROPOUT",
    "euclidean_loss": "EUCLIDEAN_LOSS",
    "flatten": "FLATTEN",
    "hdf5_data": "HDF5_DATA",
    "hdf5_output": "HDF5_OUTPUT",
    "im2col": "IM2COL",
    "images": "IMAGE_DATA",
    "infogain_loss": "INFOGAIN_LOSS",
    "innerproduct": "INNER_PRODUCT",
    "lrn": "LRN",
    "multinomial_logistic_loss": "MULTINOMIAL_LOGISTIC_LOSS",
    "pool": "POOLING",
    "relu": "RELU",
    "sigmoid": "SIGMOID",
    "softmax": "SOFTMAX",
    "softmax_loss": "SOFTMAX_LOSS",
    "split": "SPLIT",
    "tanh": "TANH",
    "window_data": "WINDOW_DATA",
}

_COMMON = ("name", "type", "blobs", "blobs_lr", "weight_decay")
_TRANSFORM = {"scale": "scale", "meanfile": "mean_file", "cropsize": "crop_size", "mirror": "mirror"}
_FILLERS = {"weight_filler": "weight_filler", "bias_filler": "bias_filler"}
_PRODUCT = {"num_output": "num_output", "biasterm": "bias_term", **_FILLERS}
_WINDOW = {"pad": "pad", "kernelsize": "kernel_size", "stride": "stride"}
_SOURCE = {"source": "source", "batchsize": "batch_size"}
_DETECTION = {
    "det_fg_threshold": "fg_threshold",
    "det_bg_threshold": "bg_threshold",
    "det_fg_fraction": "fg_fraction",
    "det_context_pad": "context_pad",
    "det_crop_mode": "crop_mode",
}
_RESIZE = {"new_height": "new_height", "new_width": "new_width"}

# For each type that has options: the message that holds them, and the new name of each.
_OPTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "concat": ("concat_param", {"concat_dim": "concat_dim"}),
    "conv": ("convolution_param", {**_PRODUCT, **_WINDOW, "group": "group"}),
    "data": ("data_param", {**_SOURCE, "rand_skip": "rand_skip"}),
    "dropout": ("dropout_param", {"dropout_ratio": "dropout_ratio"}),
    "hdf5_data": ("hdf5_data_param", _SOURCE),
    "images": ("image_data_param", {**_SOURCE, **_RESIZE, "rand_skip": "rand_skip", "shuffle_images": "shuffle"}),
    "infogain_loss": ("infogain_loss_param", {"source": "source"}),
    "innerproduct": ("inner_product_param", _PRODUCT),
    "lrn": ("lrn_param", {"local_size": "local_size", "alpha": "alpha", "beta": "beta", "k": "k"}),
    "pool": ("pooling_param", {**_WINDOW, "pool": "pool"}),
    "window_data": ("window_data_param", {**_SOURCE, **_DETECTION}),
}


def destination(layer_type: str, field: str) -> Path | None:
    """Path in a V1 layer of a V0 layer's field; None where a layer of this type has no use for it."""
    if field in _COMMON or (layer_type, field) == ("hdf5_output", "hdf5_output_param"):
        return (field,)
    if field in _TRANSFORM:
        return "transform_param", _TRANSFORM[field]
    message, names = _OPTIONS.get(layer_type, ("", {}))
    return (message, names[field]) if field in names else None
