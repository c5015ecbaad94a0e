"""Images and arrays: what stands between files and nets."""

from netdef.pycaffe.arrays import array_to_blobproto as array_to_blobproto
from netdef.pycaffe.arrays import array_to_datum as array_to_datum
from netdef.pycaffe.arrays import arraylist_to_blobprotovector_str as arraylist_to_blobprotovector_str
from netdef.pycaffe.arrays import blobproto_to_array as blobproto_to_array
from netdef.pycaffe.arrays import blobprotovector_str_to_arraylist as blobprotovector_str_to_arraylist
from netdef.pycaffe.arrays import datum_to_array as datum_to_array
from netdef.pycaffe.images import load_image as load_image
from netdef.pycaffe.images import oversample as oversample
from netdef.pycaffe.proto import caffe_pb2 as caffe_pb2
from netdef.pycaffe.resize import resize_image as resize_image
from netdef.pycaffe.transformer import Transformer as Transformer
