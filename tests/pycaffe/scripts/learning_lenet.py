# mypy: ignore-errors
# ruff: noqa: C408, RUF, SIM, UP
"""Learn small digits from LMDB databases: a net in Python, a solver file, a loop written by hand."""

import caffe
import lmdb
import numpy as np
from caffe import layers as L
from caffe import params as P
from caffe.proto import caffe_pb2

caffe.set_random_seed(1)
random = np.random.RandomState(0)
digits = random.randint(0, 2, (4, 8, 8)) * 200


def write(path, count):
    env = lmdb.open(path, map_size=1 << 24)
    with env.begin(write=True) as txn:
        for i in range(count):
            label = int(random.randint(4))
            noisy = np.clip(digits[label] + random.randint(0, 55, (8, 8)), 0, 255).astype(np.uint8)
            datum = caffe.io.array_to_datum(noisy[np.newaxis], label)
            txn.put(f"{i:08}".encode("ascii"), datum.SerializeToString())
    env.close()


def lenet(source, batch_size):
    n = caffe.NetSpec()
    n.data, n.label = L.Data(
        batch_size=batch_size, backend=P.Data.LMDB, source=source, transform_param=dict(scale=1.0 / 255), ntop=2
    )
    n.conv1 = L.Convolution(n.data, kernel_size=3, num_output=6, weight_filler=dict(type="xavier"))
    n.pool1 = L.Pooling(n.conv1, kernel_size=2, stride=2, pool=P.Pooling.MAX)
    n.fc1 = L.InnerProduct(n.pool1, num_output=12, weight_filler=dict(type="xavier"))
    n.relu1 = L.ReLU(n.fc1, in_place=True)
    n.score = L.InnerProduct(n.relu1, num_output=4, weight_filler=dict(type="xavier"))
    n.loss = L.SoftmaxWithLoss(n.score, n.label)
    return n.to_proto()


write("train_lmdb", 60)
write("test_lmdb", 40)
for name, size in (("train", 16), ("test", 20)):
    with open(name + ".prototxt", "w") as f:
        f.write(str(lenet(name + "_lmdb", size)))

s = caffe_pb2.SolverParameter()
s.train_net = "train.prototxt"
s.test_net.append("test.prototxt")
s.test_interval = 500
s.test_iter.append(2)
s.max_iter = 1000
s.base_lr = 0.05
s.momentum = 0.9
s.weight_decay = 5e-4
s.lr_policy = "inv"
s.gamma = 0.0001
s.power = 0.75
s.display = 1000
s.snapshot_prefix = "lenet"
s.solver_mode = caffe_pb2.SolverParameter.CPU
with open("solver.prototxt", "w") as f:
    f.write(str(s))

solver = None
solver = caffe.SGDSolver("solver.prototxt")
assert solver.net.blobs["data"].data.shape == (16, 1, 8, 8)
solver.net.forward()
solver.test_nets[0].forward()
assert abs(solver.net.blobs["loss"].data - np.log(4)) < 1.5
solver.step(1)
assert abs(solver.net.params["conv1"][0].diff[:, 0]).sum() > 0

niter = 40
test_interval = 20
train_loss = np.zeros(niter)
test_acc = np.zeros(int(np.ceil(niter / test_interval)))
output = np.zeros((niter, 8, 4))
for it in range(niter):
    solver.step(1)
    train_loss[it] = solver.net.blobs["loss"].data
    solver.test_nets[0].forward(start="conv1")
    output[it] = solver.test_nets[0].blobs["score"].data[:8]
    if it % test_interval == 0 or it == niter - 1:
        correct = 0
        for _ in range(2):
            solver.test_nets[0].forward()
            answers = solver.test_nets[0].blobs["score"].data.argmax(1)
            correct += sum(answers == solver.test_nets[0].blobs["label"].data)
        test_acc[it // test_interval] = correct / 40

assert train_loss[-5:].mean() < 0.1 < train_loss[0]
assert test_acc[-1] > 0.95
assert (output[0] != output[-1]).any()
