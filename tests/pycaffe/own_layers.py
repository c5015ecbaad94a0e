# mypy: ignore-errors
"""Python layers as users write them, without annotations."""

import json

import caffe
import numpy as np


class Simple(caffe.Layer):
    """A layer that multiplies by ten."""

    def setup(self, bottom, top):
        pass

    def reshape(self, bottom, top):
        top[0].reshape(*bottom[0].data.shape)

    def forward(self, bottom, top):
        top[0].data[...] = 10 * bottom[0].data

    def backward(self, top, propagate_down, bottom):
        bottom[0].diff[...] = 10 * top[0].diff


class Times(Simple):
    """A layer that multiplies by what the file says."""

    def setup(self, bottom, top):
        self.value = float(self.param_str)

    def forward(self, bottom, top):
        top[0].data[...] = self.value * bottom[0].data

    def backward(self, top, propagate_down, bottom):
        bottom[0].diff[...] = self.value * top[0].diff


class Raising(Simple):
    """A layer that fails."""

    def setup(self, bottom, top):
        raise RuntimeError("this layer cannot be")


class Learned(Simple):
    """A layer with one learned number, 0 at first."""

    def setup(self, bottom, top):
        self.blobs.add_blob(1)
        self.blobs[0].data[0] = 0

    def forward(self, bottom, top):
        top[0].data[...] = self.blobs[0].data[0] + bottom[0].data

    def backward(self, top, propagate_down, bottom):
        self.blobs[0].diff[0] += top[0].diff.sum()


class Phase(caffe.Layer):
    """A layer that tells its phase."""

    def setup(self, bottom, top):
        pass

    def reshape(self, bottom, top):
        top[0].reshape()

    def forward(self, bottom, top):
        top[0].data[()] = self.phase


class Constant(caffe.Layer):
    """A layer that writes its top in setup, once for all."""

    def setup(self, bottom, top):
        top[0].reshape(3)
        top[0].data[...] = [7, 8, 9]

    def reshape(self, bottom, top):
        pass

    def forward(self, bottom, top):
        pass


class Labels(caffe.Layer):
    """A data layer: images whose labels, several each, are where they are bright."""

    def setup(self, bottom, top):
        options = json.loads(self.param_str)
        self.batch, self.side = options["batch_size"], options["side"]
        self.random = np.random.RandomState(options["seed"])
        top[0].reshape(self.batch, 1, self.side, self.side)
        top[1].reshape(self.batch, 4)

    def reshape(self, bottom, top):
        pass

    def forward(self, bottom, top):
        half = self.side // 2
        labels = self.random.randint(0, 2, (self.batch, 2, 2))
        bright = labels.repeat(half, axis=1).repeat(half, axis=2)
        top[0].data[...] = (bright + 0.3 * self.random.randn(*bright.shape))[:, None]
        top[1].data[...] = labels.reshape(self.batch, 4)
