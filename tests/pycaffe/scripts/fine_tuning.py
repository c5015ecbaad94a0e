# mypy: ignore-errors
# ruff: noqa: C408, RUF, SIM, UP
"""Take the first layers of a trained net, learn a new last one, and leave the rest as it is."""

import tempfile

import caffe
import numpy as np
from caffe import layers as L
from caffe.proto import caffe_pb2

caffe.set_mode_cpu()
caffe.set_random_seed(3)
weight_param = dict(lr_mult=1, decay_mult=1)
bias_param = dict(lr_mult=2, decay_mult=0)
learned_param = [weight_param, bias_param]
frozen_param = [dict(lr_mult=0)] * 2


def style_net(num_classes, classifier_name, learn_all, train=True):
    n = caffe.NetSpec()
    n.data = L.Input(shape=dict(dim=[12, 6]))
    n.label = L.Input(shape=dict(dim=[12]))
    param = learned_param if learn_all else frozen_param
    n.fc7 = L.InnerProduct(n.data, num_output=9, param=param, weight_filler=dict(type="xavier"))
    n.relu7 = L.ReLU(n.fc7, in_place=True)
    if train:
        n.drop7 = fc_input = L.Dropout(n.relu7, in_place=True, dropout_ratio=0.2)
    else:
        fc_input = n.relu7
    score = L.InnerProduct(fc_input, num_output=num_classes, param=learned_param, weight_filler=dict(type="xavier"))
    n.__setattr__(classifier_name, score)
    n.loss = L.SoftmaxWithLoss(score, n.label)
    n.acc = L.Accuracy(score, n.label)
    with tempfile.NamedTemporaryFile(mode="w", suffix=".prototxt", delete=False, dir=".") as f:
        f.write(str(n.to_proto()))
        return f.name


def solver_for(train_net_path, base_lr):
    s = caffe_pb2.SolverParameter()
    s.train_net = train_net_path
    s.base_lr = base_lr
    s.lr_policy = "step"
    s.gamma = 0.1
    s.stepsize = 20000
    s.momentum = 0.9
    s.weight_decay = 5e-4
    s.max_iter = 1000
    s.snapshot_prefix = "finetune"
    with tempfile.NamedTemporaryFile(mode="w", suffix=".prototxt", delete=False, dir=".") as f:
        f.write(str(s))
    return caffe.get_solver(f.name)


random = np.random.RandomState(0)
directions = random.randn(6, 6)


def fill(net, classes):
    x = random.randn(12, 6)
    net.blobs["data"].data[...] = x
    net.blobs["label"].data[...] = (x @ directions)[:, :classes].argmax(1)


def run(solver, iterations, classes):
    losses = []
    for _ in range(iterations):
        fill(solver.net, classes)
        solver.step(1)
        losses.append(float(solver.net.blobs["loss"].data))
    return losses


first = solver_for(style_net(4, "fc8", True), 0.05)
losses = run(first, 150, 4)
assert np.mean(losses[-20:]) < 0.6 * np.mean(losses[:5])
first.net.save("first.caffemodel")

tuned = solver_for(style_net(3, "fc8_style", False), 0.05)
untrained = tuned.net.params["fc8_style"][0].data.copy()
tuned.net.copy_from("first.caffemodel")
np.testing.assert_array_equal(tuned.net.params["fc7"][0].data, first.net.params["fc7"][0].data)
np.testing.assert_array_equal(tuned.net.params["fc8_style"][0].data, untrained)
losses = run(tuned, 150, 3)
assert np.mean(losses[-20:]) < 0.8 * np.mean(losses[:5])
np.testing.assert_array_equal(tuned.net.params["fc7"][0].data, first.net.params["fc7"][0].data)

weights = tempfile.mkdtemp(dir=".") + "/weights.style.caffemodel"
tuned.net.save(weights)
test_net = caffe.Net(style_net(3, "fc8_style", False, train=False), weights, caffe.TEST)
accuracy = 0
for _ in range(10):
    fill(test_net, 3)
    accuracy += test_net.forward()["acc"] / 10
assert accuracy > 0.6, accuracy
