"""What in the schema is netdef's own, which Caffe's parser does not know."""

from __future__ import annotations

from google.protobuf.descriptor import FieldDescriptor

FIRST_OWN = 100  # the number of the first field, or value of an enum, that may be ours
_FIRST_OF = {"LayerParameter": 300, "NetParameter": 102, "V0LayerParameter": 10_000, "V1LayerParameter": 10_000}

_TYPES = """
AbsVal Accuracy ArgMax BatchNorm BatchReindex Bias BNLL Clip Concat ContrastiveLoss Convolution Crop Data
Deconvolution Dropout DummyData Eltwise ELU Embed EuclideanLoss Exp Filter Flatten HDF5Data HDF5Output HingeLoss
Im2col ImageData InfogainLoss InnerProduct Input Log LRN LSTM LSTMUnit MemoryData MultinomialLogisticLoss MVN
Parameter Pooling Power PReLU Python Reduction ReLU Reshape RNN Scale Sigmoid SigmoidCrossEntropyLoss Silence
Slice Softmax SoftmaxWithLoss Split SPP Swish TanH Threshold Tile WindowData
"""
LAYER_TYPES = frozenset(_TYPES.split())
POLICIES = frozenset(("exp", "fixed", "inv", "multistep", "poly", "sigmoid", "step"))
# Fields that never change a number, or only beside others that are refused.
HARMLESS = frozenset(
    ("device", "dialect", "in_group", "layer_group", "plateau_param", "record_shape", "shard", "warmup_start_lr")
)


def is_own(field: FieldDescriptor) -> bool:
    """Whether a field is netdef's own: such fields have numbers that Caffe and its forks do not use."""
    message = field.containing_type
    return message is not None and field.number >= _FIRST_OF.get(message.name, FIRST_OWN)
