# mypy: ignore-errors
# ruff: noqa: C408, RUF, SIM, UP
"""Pairs of images through two branches with the same parameters, and features from one of them."""

import caffe
import numpy as np
from caffe import layers as L

caffe.set_random_seed(4)
random = np.random.RandomState(0)
centres = random.randn(3, 10) * 2


def sample(labels):
    return centres[labels] + 0.3 * random.randn(len(labels), 10)


def branch(n, bottom, suffix):
    options = dict(weight_filler=dict(type="xavier"), bias_filler=dict(type="constant"))
    ip1 = L.InnerProduct(bottom, num_output=12, param=[dict(name="ip1_w"), dict(name="ip1_b")], **options)
    relu1 = L.ReLU(ip1, in_place=True)
    feat = L.InnerProduct(relu1, num_output=2, param=[dict(name="feat_w"), dict(name="feat_b")], **options)
    n["ip1" + suffix], n["relu1" + suffix], n["feat" + suffix] = ip1, relu1, feat
    return feat


n = caffe.NetSpec()
n.pair_data = L.Input(shape=dict(dim=[20, 20]))
n.sim = L.Input(shape=dict(dim=[20]))
n.data, n.data_p = L.Slice(n.pair_data, slice_param=dict(axis=1, slice_point=10), ntop=2)
feat, feat_p = branch(n, n.data, ""), branch(n, n.data_p, "_p")
n.loss = L.ContrastiveLoss(feat, feat_p, n.sim, contrastive_loss_param=dict(margin=1))
with open("train.prototxt", "w") as f:
    f.write(str(n.to_proto()))
with open("solver.prototxt", "w") as f:
    f.write('net: "train.prototxt" base_lr: 0.05 momentum: 0.9 lr_policy: "fixed" snapshot_prefix: "siamese"')

solver = caffe.SGDSolver("solver.prototxt")
losses = []
for _ in range(150):
    one, other = random.randint(3, size=(2, 20))
    solver.net.blobs["pair_data"].data[...] = np.hstack([sample(one), sample(other)])
    solver.net.blobs["sim"].data[...] = one == other
    solver.step(1)
    losses.append(float(solver.net.blobs["loss"].data))
assert np.mean(losses[-20:]) < 0.2 * np.mean(losses[:5]), losses
np.testing.assert_array_equal(solver.net.params["feat"][0].data, solver.net.params["feat_p"][0].data)
solver.net.save("siamese.caffemodel")

n = caffe.NetSpec()
n.data = L.Input(shape=dict(dim=[8, 10]))
branch(n, n.data, "")
with open("deploy.prototxt", "w") as f:
    f.write(str(n.to_proto()))
net = caffe.Net("deploy.prototxt", "siamese.caffemodel", caffe.TEST)
labels = random.randint(3, size=30)
out = net.forward_all(data=sample(labels))
features = out["feat"]
assert features.shape == (30, 2)
means = np.stack([features[labels == k].mean(0) for k in range(3)])
nearest = ((features[:, None] - means) ** 2).sum(-1).argmin(1)
assert (nearest == labels).mean() > 0.95
