# mypy: ignore-errors
# ruff: noqa: B905, C408, E501, RUF, SIM, UP
"""Several labels an image, from a data layer written in Python."""

import json

import caffe
import numpy as np
from caffe import layers as L
from caffe import params as P

caffe.set_random_seed(5)


def conv_relu(bottom, ks, nout, stride=1, pad=0):
    conv = L.Convolution(
        bottom, kernel_size=ks, stride=stride, num_output=nout, pad=pad, weight_filler=dict(type="xavier")
    )
    return conv, L.ReLU(conv, in_place=True)


def multilabel(seed):
    n = caffe.NetSpec()
    options = dict(batch_size=16, side=8, seed=seed)
    n.data, n.label = L.Python(module="own_layers", layer="Labels", ntop=2, param_str=json.dumps(options))
    n.conv1, n.relu1 = conv_relu(n.data, 4, 8, stride=4)
    n.score = L.InnerProduct(n.relu1, num_output=4, weight_filler=dict(type="xavier"))
    n.loss = L.SigmoidCrossEntropyLoss(n.score, n.label, loss_param=dict(normalization=P.Loss.BATCH_SIZE))
    return str(n.to_proto())


with open("trainnet.prototxt", "w") as f:
    f.write(multilabel(1))
with open("valnet.prototxt", "w") as f:
    f.write(multilabel(2))
with open("solver.prototxt", "w") as f:
    f.write(
        'train_net: "trainnet.prototxt" test_net: "valnet.prototxt" test_iter: 2 test_interval: 200\n'
        'base_lr: 0.05 momentum: 0.9 lr_policy: "fixed" max_iter: 100 snapshot_prefix: "multi" snapshot_after_train: false'
    )


def hamming_distance(gt, est):
    return sum(1 for (g, e) in zip(gt, est) if g == e) / float(len(gt))


def check_accuracy(net, num_batches, batch_size):
    acc = 0.0
    for _ in range(num_batches):
        net.forward()
        gts = net.blobs["label"].data
        ests = net.blobs["score"].data > 0
        for gt, est in zip(gts, ests):
            acc += hamming_distance(gt, est)
    return acc / (num_batches * batch_size)


solver = caffe.SGDSolver("solver.prototxt")
solver.test_nets[0].share_with(solver.net)
before = check_accuracy(solver.test_nets[0], 5, 16)
for _ in range(4):
    solver.step(25)
after = check_accuracy(solver.test_nets[0], 5, 16)
assert after > max(before, 0.97), (before, after)
assert solver.net.layers[0].batch == 16
assert solver.net.blobs["label"].data.shape == (16, 4)
assert np.isfinite(solver.net.blobs["loss"].data)
