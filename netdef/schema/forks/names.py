"""The names by which the hints call forks of Caffe."""

from __future__ import annotations

CRF_RNN = "CRF-RNN's Caffe"
CTPN = "CTPN's Caffe"
DEEPLAB = "DeepLab's Caffe"
ENET = "ENet's Caffe"
FACES = "happynear's Caffe"
FAST_RCNN = "Fast R-CNN's Caffe"
FLOWNET = "FlowNet's Caffe"
HEATMAP = "caffe-heatmap"
HED = "HED's Caffe"
INTEL = "Intel's Caffe"
MNC = "MNC's Caffe"
MOBILENET = "MobileNet's Caffe"
NVIDIA = "NVIDIA's Caffe"
OPENCL = "the OpenCL branch"
OPENPOSE = "OpenPose's Caffe"
PARSENET = "ParseNet's Caffe"
PSPNET = "PSPNet's Caffe"
RFCN = "R-FCN's Caffe"
RISTRETTO = "Ristretto"
SEGNET = "SegNet's Caffe"
SENET = "SENet's Caffe"
SHUFFLENET = "ShuffleNet's Caffe"
SSD = "SSD's Caffe"
TOOLBOX = "OpenCV's training toolbox"
TSN = "TSN's Caffe"
UNNAMED = "some forks"
VISUAL_CONCEPTS = "visual-concepts' Caffe"
WARP_CTC = "WarpCTC's Caffe"
YOLO = "YOLO's Caffe"


def folded(name: str) -> str:
    """Return a name without what its spellings differ in: ``roi_pooling``, ``ROIPOOLING`` and ``ROIPooling``."""
    return name.replace("_", "").lower()
