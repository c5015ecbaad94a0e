"""Layer types that only forks of Caffe have."""

from __future__ import annotations

from netdef.schema.forks import names
from netdef.schema.forks.names import folded

OWN_TYPE = (
    'netdef has no such layer; a Python layer can compute it: type: "Python" python_param { module: "…" layer: "…" }'
)

_FORKS = {
    names.SSD: "AnnotatedData DetectionEvaluate DetectionOutput MultiBoxLoss Normalize Permute PriorBox SmoothL1Loss",
    names.FAST_RCNN: "ROIPooling SmoothL1Loss",
    names.RFCN: "BoxAnnotatorOHEM PSROIPooling SmoothL1LossOHEM SoftmaxWithLossOHEM",
    names.MNC: "MaskPooling MaskResize ROIWarping ROIWarpingTest",
    names.DEEPLAB: "BiasChannel DenseCRF DomainTransform ImageSegData Interp MatRead MatWrite SegAccuracy UniqueLabel",
    names.CRF_RNN: "MultiStageMeanfield",
    names.PSPNET: "BN Interp",
    names.SEGNET: "BN DenseImageData Upsample",
    names.TSN: "BN BatchReduction Gather Scatter SegData SyncBN VideoData",
    names.PARSENET: "BN Grouping Normalize ParseEvaluate ParseOutput UnPooling",
    names.OPENPOSE: "CPMData EuclideanmaskLoss ImResize Maximum Nms OPData OPVideo",
    names.FLOWNET: (
        "Accum BlackAugmentation ChannelNorm Correlation Correlation1D CustomData DataAugmentation Downsample"
        " FlowAugmentation FlowWarp FLOReader FLOWriter GenerateAugmentationParameters ImgReader ImgWriter L1Loss"
        " LpqLoss Mean NegReLU Resample"
    ),
    names.NVIDIA: "Axpy DetectNetTransformation L1Loss TRT",
    names.INTEL: "BoxData EvalDetection MKLBatchNorm MnActivation RegionLoss Reorg SpatialDropout",
    names.YOLO: "ReLU6 RegionLoss Reorg Upsample YoloDetectionOutput Yolov3 Yolov3DetectionOutput",
    names.MOBILENET: "ConvolutionDepthwise DepthwiseConvolution ReLU6",
    names.SHUFFLENET: "ConvolutionDepthwise ShuffleChannel",
    names.SENET: "Axpy",
    names.TOOLBOX: "ConvolutionDepthwise DetectionOutputExtended GRN PriorBoxClustered ScaleFilter",
    names.FACES: (
        "CenterLoss Flip FocalLoss InnerDistance Insanity LabelSpecificAdd LargeMarginInnerProduct Local"
        " MarginInnerProduct Proposal Resize Transformer TripletLoss Truncation"
    ),
    names.CTPN: "Lstm Reverse Transpose",
    names.HEATMAP: "DataHeatmap EuclideanLossHeatmap",
    names.HED: "ImageLabelmapData",
    names.OPENCL: "Affinity ConnectedComponent MOE MalisLoss MergeCrop",
    names.UNNAMED: "APL EltwiseAffine NdConvolution NdPooling RReLU",
    names.VISUAL_CONCEPTS: "MIL MILData",
    names.WARP_CTC: "ContinuationIndicator CTCDecoder CTCGreedyDecoder CTCLoss WarpCTC WarpCTCLoss",
    names.RISTRETTO: "ConvolutionRistretto DeconvolutionRistretto FcRistretto LRNRistretto",
}
_DEPTHWISE = 'type: "Convolution" with its number of input channels as group: is the same, with the same weights'
_BATCH_NORM = "BatchNorm and Scale { bias_term: true } behind it compute the same, from weights arranged in another way"
_FLOATS = 'without quantization_param, type: "%s" is the same in floats'
_INSTEAD = {
    "Axpy": "for a·x + y: Reshape a to { dim: 0 dim: 0 }, Scale with bottoms x, a and axis: 0, Eltwise to add y",
    "BN": _BATCH_NORM,
    "ConvolutionDepthwise": _DEPTHWISE,
    "ConvolutionRistretto": _FLOATS % "Convolution",
    "DeconvolutionRistretto": _FLOATS % "Deconvolution",
    "DenseCRF": "its bottom, the scores before they are refined, is an answer, too",
    "DepthwiseConvolution": _DEPTHWISE,
    "FcRistretto": _FLOATS % "InnerProduct",
    "LRNRistretto": _FLOATS % "LRN",
    "Lstm": "LSTM is its counterpart, with other bottoms, and weights arranged in another way",
    "MKLBatchNorm": _BATCH_NORM,
    "MultiStageMeanfield": "its first bottom, the scores before they are refined, is an answer, too",
    "NdConvolution": 'type: "Convolution" with kernel_size, stride and pad given once an axis is the same',
    "ReLU6": 'type: "Clip" clip_param { min: 0 max: 6 } is the same',
    "SoftmaxWithLossOHEM": "SoftmaxWithLoss is the same without the choice of hard examples",
    "SyncBN": _BATCH_NORM,
    "Upsample": (
        "with one bottom, Deconvolution of the channels one by one with kernel_size and stride alike, no bias and"
        " weights of 1 is the same; the one that reads a pooling mask needs a Python layer"
    ),
    "TripletLoss": "Eltwise, Power, Reduction and ReLU can build it, or a Python layer compute it",
}
_NAMES = {folded(name): name for types in _FORKS.values() for name in types.split()}


def way_round_type(name: str) -> str:
    """Tell whose a layer type is and what to write instead, in any spelling; empty for a type of no known fork."""
    known = type_like(name)
    return f"{known} comes from {owners(known)}: {_INSTEAD.get(known) or OWN_TYPE}" if known else ""


def type_like(name: str) -> str:
    """Return a fork's layer type of that name in any spelling, as ``ROIPOOLING``; empty if none has one."""
    return _NAMES.get(folded(name), "")


def owners(known: str) -> str:
    """Name the forks that have a layer type."""
    return ", ".join(fork for fork, types in _FORKS.items() if known in types.split())
