from __future__ import annotations

from netdef.layers.base import Kind
from netdef.layers.neuron import Neuron
from netdef.layers.register import layer_types


def test_neurons_keep_the_shape_known_or_not() -> None:
    neurons = [cls for cls in layer_types().values() if issubclass(cls, Neuron)]
    assert {"ReLU", "Sigmoid", "TanH", "Dropout"} <= {cls.type for cls in neurons}
    assert Neuron.kind is Kind.ACTIVATION
    assert Neuron.shapes(object.__new__(Neuron), (None, 3, 5)) == ((None, 3, 5),)
