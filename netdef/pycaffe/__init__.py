"""The drop-in ``caffe`` module."""
from netdef.pycaffe.layer import Layer as Layer
