# mypy: ignore-errors
# ruff: noqa: B905, RUF, SIM, UP
"""Edit a net: new filters, and inner products cast into convolutions that slide over larger images."""

import caffe
import numpy as np

BODY = """
layer {{ name: "data" type: "Input" top: "data" input_param {{ shape {{ dim: 1 dim: 2 dim: {side} dim: {side} }} }} }}
layer {{ name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  convolution_param {{ num_output: 3 kernel_size: 3 weight_filler {{ type: "gaussian" std: 0.5 }} }} }}
layer {{ name: "pool1" type: "Pooling" bottom: "conv1" top: "pool1"
  pooling_param {{ pool: MAX kernel_size: 2 stride: 2 }} }}
"""
FC = """
layer { name: "fc6" type: "InnerProduct" bottom: "pool1" top: "fc6"
  inner_product_param { num_output: 8 weight_filler { type: "xavier" } } }
layer { name: "relu6" type: "ReLU" bottom: "fc6" top: "fc6" }
layer { name: "fc7" type: "InnerProduct" bottom: "fc6" top: "fc7"
  inner_product_param { num_output: 5 weight_filler { type: "xavier" } bias_filler { type: "constant" value: 0.25 } } }
layer { name: "prob" type: "Softmax" bottom: "fc7" top: "prob" }
"""
CONV = """
layer { name: "fc6-conv" type: "Convolution" bottom: "pool1" top: "fc6-conv"
  convolution_param { num_output: 8 kernel_size: 3 } }
layer { name: "relu6" type: "ReLU" bottom: "fc6-conv" top: "fc6-conv" }
layer { name: "fc7-conv" type: "Convolution" bottom: "fc6-conv" top: "fc7-conv"
  convolution_param { num_output: 5 kernel_size: 1 } }
layer { name: "prob" type: "Softmax" bottom: "fc7-conv" top: "prob" }
"""
with open("fc.prototxt", "w") as f:
    f.write(BODY.format(side=8) + FC)
with open("conv.prototxt", "w") as f:
    f.write(BODY.format(side=14) + CONV)

# Editing a filter changes what the layer computes.
net = caffe.Net("fc.prototxt", caffe.TEST)
image = np.random.RandomState(0).randn(2, 14, 14).astype(np.float32)
net.blobs["data"].data[...] = image[:, :8, :8]
conv0 = net.forward(end="conv1")["conv1"].copy()
net.params["conv1"][1].data[0] = 1.0
net.forward(end="conv1")
np.testing.assert_allclose(net.blobs["conv1"].data[0, 0] - conv0[0, 0], 1, rtol=1e-4)
net.params["conv1"][1].data[0] = 0
net.save("fc.caffemodel")

# Casting: the same numbers, in another shape.
net_full_conv = caffe.Net("conv.prototxt", "fc.caffemodel", caffe.TEST)
params = ["fc6", "fc7"]
params_full_conv = ["fc6-conv", "fc7-conv"]
fc_params = {pr: (net.params[pr][0].data, net.params[pr][1].data) for pr in params}
conv_params = {pr: (net_full_conv.params[pr][0].data, net_full_conv.params[pr][1].data) for pr in params_full_conv}
for pr, pr_conv in zip(params, params_full_conv):
    conv_params[pr_conv][0].flat = fc_params[pr][0].flat
    conv_params[pr_conv][1][...] = fc_params[pr][1]
net_full_conv.save("full_conv.caffemodel")

# The convolutions give at each place what the net gives for the window there.
out = net_full_conv.forward_all(data=np.asarray([image]))
assert out["prob"].shape == (1, 5, 4, 4)
for top in range(4):
    for left in range(4):
        window = image[:, 2 * top : 2 * top + 8, 2 * left : 2 * left + 8]
        prob = net.forward(data=window[np.newaxis])["prob"][0]
        np.testing.assert_allclose(out["prob"][0, :, top, left], prob, rtol=1e-4)

# A larger image needs no new net.
net_full_conv.blobs["data"].reshape(2, 2, 20, 16)
net_full_conv.reshape()
assert net_full_conv.blobs["prob"].data.shape == (2, 5, 7, 5)
