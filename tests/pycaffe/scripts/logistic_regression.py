# mypy: ignore-errors
# ruff: noqa: C408, RUF, SIM, UP
"""Logistic regression, and a small network beside it, on rows of HDF5 files."""

import os

import caffe
import h5py
import numpy as np
from caffe import layers as L
from caffe import params as P

caffe.set_random_seed(2)
random = np.random.RandomState(0)
X = random.randn(300, 4).astype(np.float32)
y = ((X[:, 0] * X[:, 1] + X[:, 2]) > 0).astype(np.float32)


def save(name, rows):
    with h5py.File(name + ".h5", "w") as f:
        f["data"] = X[rows]
        f["label"] = y[rows]
    with open(name + ".txt", "w") as f:
        f.write(os.path.join(os.getcwd(), name + ".h5") + "\n")


save("train", slice(0, 200))
save("test", slice(200, 300))


def logreg(hdf5, batch_size, hidden):
    n = caffe.NetSpec()
    n.data, n.label = L.HDF5Data(batch_size=batch_size, source=hdf5, ntop=2)
    top = n.data
    if hidden:
        n.ip0 = L.InnerProduct(n.data, num_output=30, weight_filler=dict(type="xavier"))
        n.relu1 = top = L.ReLU(n.ip0, in_place=True)
    n.ip1 = L.InnerProduct(top, num_output=2, weight_filler=dict(type="xavier"))
    n.accuracy = L.Accuracy(n.ip1, n.label)
    n.loss = L.SoftmaxWithLoss(n.ip1, n.label, loss_param=dict(normalization=P.Loss.VALID))
    return n.to_proto()


def learn(hidden):
    for name, size in (("train", 20), ("test", 20)):
        with open(name + ".prototxt", "w") as f:
            f.write(str(logreg(name + ".txt", size, hidden)))
    with open("solver.prototxt", "w") as f:
        f.write(
            'train_net: "train.prototxt" test_net: "test.prototxt" test_iter: 5 test_interval: 100 base_lr: 0.1\n'
            'lr_policy: "step" gamma: 0.5 stepsize: 200 max_iter: 400 momentum: 0.9 weight_decay: 5e-4\n'
            'snapshot_prefix: "train" type: "Nesterov"'
        )
    solver = caffe.get_solver("solver.prototxt")
    solver.solve()
    accuracy = 0
    for _ in range(5):
        solver.test_nets[0].forward()
        accuracy += solver.test_nets[0].blobs["accuracy"].data / 5
    return float(accuracy)


linear, bent = learn(False), learn(True)
assert 0.6 < linear < bent
assert bent > 0.87, bent
assert os.path.exists("train_iter_400.caffemodel")
