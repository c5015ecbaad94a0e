"""What pycaffe had before Caffe 1.0 and has no more, and what to write instead."""

from __future__ import annotations

from netdef.errors import UsageError

_PHASES = {
    f"set_phase_{phase}": f"the phase is said where the net is made: caffe.Net(file, weights, caffe.{phase.upper()})"
    for phase in ("test", "train")
}
_OF_MODULE = {
    **_PHASES,
    "CaffeNet": "caffe.Net(file, weights, caffe.TEST)",
    "imagenet": "caffe.Classifier(file, weights)",
}
_OF_NET = {
    **_PHASES,
    **{name: f"for all nets at once: caffe.{name}" for name in ("set_mode_cpu", "set_mode_gpu", "set_device")},
    **{
        name: f"of caffe.io.Transformer, which classifiers and detectors have: net.transformer.{name}"
        for name in ("set_mean", "set_raw_scale", "set_input_scale", "set_channel_swap", "preprocess", "deprocess")
    },
    "forward_prefilled": "net.forward()",
    "backward_prefilled": "net.backward()",
}


class RemovedError(UsageError, AttributeError):
    """A name that is not there; of one that was there once the message says what came in its place."""


def not_in_module(name: str) -> RemovedError:
    """Return the error for a name that the module ``caffe`` has not."""
    return _error("the module caffe", name, _OF_MODULE)


def not_in_net(kind: str, name: str) -> RemovedError:
    """Return the error for a name that a net, of the class ``kind``, has not."""
    return _error(f"a {kind}", name, _OF_NET)


def _error(holder: str, name: str, instead: dict[str, str]) -> RemovedError:
    found = f"{holder} has no attribute {name}"
    return RemovedError(f"{found} since before Caffe 1.0; now: {instead[name]}" if name in instead else found)
