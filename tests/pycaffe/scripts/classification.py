# mypy: ignore-errors
# ruff: noqa: C408, RUF, SIM, UP
"""Classify images with a transformer in front of the net, and look inside."""

import caffe
import cv2
import numpy as np
from caffe import layers as L
from caffe import params as P

caffe.set_mode_cpu()

n = caffe.NetSpec()
n.data = L.Input(shape=dict(dim=[10, 3, 20, 20]))
n.conv1 = L.Convolution(n.data, num_output=4, kernel_size=5, stride=2, weight_filler=dict(type="xavier"))
n.relu1 = L.ReLU(n.conv1, in_place=True)
n.pool1 = L.Pooling(n.relu1, pool=P.Pooling.MAX, kernel_size=2, stride=2)
n.norm1 = L.LRN(n.pool1, local_size=3, alpha=1e-5)
n.fc2 = L.InnerProduct(n.norm1, num_output=5, weight_filler=dict(type="xavier"))
n.prob = L.Softmax(n.fc2)
with open("deploy.prototxt", "w") as f:
    f.write(str(n.to_proto()))

# A "trained" net whose answer is known: class 2 where the image is red.
net = caffe.Net("deploy.prototxt", caffe.TEST)
net.params["conv1"][0].data[...] = 0
net.params["conv1"][0].data[0, 2] = 1.0 / 25  # the mean of red, the last channel of BGR
net.params["fc2"][0].data[...] = 0
net.params["fc2"][0].data[2, : net.blobs["norm1"].data[0, 0].size] = 0.001
net.save("trained.caffemodel")
cv2.imwrite("red.png", np.dstack([np.full((30, 40), v, np.uint8) for v in (20, 60, 250)]))
cv2.imwrite("blue.png", np.dstack([np.full((30, 40), v, np.uint8) for v in (250, 60, 20)]))

net = caffe.Net("deploy.prototxt", "trained.caffemodel", caffe.TEST)
mu = np.array([20, 60, 20])
transformer = caffe.io.Transformer({"data": net.blobs["data"].data.shape})
transformer.set_transpose("data", (2, 0, 1))
transformer.set_mean("data", mu)
transformer.set_raw_scale("data", 255)
transformer.set_channel_swap("data", (2, 1, 0))

net.blobs["data"].reshape(50, 3, 20, 20)
answers = []
for name in ("red.png", "blue.png"):
    transformed_image = transformer.preprocess("data", caffe.io.load_image(name))
    net.blobs["data"].data[...] = transformed_image
    output = net.forward()
    answers.append(output["prob"][0].copy())

assert net.blobs["prob"].data.shape == (50, 5)
assert answers[0].argmax() == 2
assert answers[0][2] > 0.3 > answers[1][2]
top_inds = answers[0].argsort()[::-1][:5]
assert top_inds[0] == 2

shapes = {layer_name: blob.data.shape for layer_name, blob in net.blobs.items()}
assert shapes["pool1"] == (50, 4, 4, 4)
assert {name: (param[0].data.shape, param[1].data.shape) for name, param in net.params.items()} == {
    "conv1": ((4, 3, 5, 5), (4,)),
    "fc2": ((5, 64), (5,)),
}
filters = net.params["conv1"][0].data.transpose(0, 2, 3, 1)
assert filters.shape == (4, 5, 5, 3)
assert (net.blobs["conv1"].data[0, :36] >= 0).all()
