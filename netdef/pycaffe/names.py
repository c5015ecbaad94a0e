"""The names in a net, as Caffe lists them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence

from netdef.errors import UsageError
from netdef.graph.build import AUTOMATIC
from netdef.graph.splits import SplitLayer
from netdef.suggest import did_you_mean


class Names:
    """The names of all layers, of their tops and bottoms, and of the blobs that come from outside and go there."""

    def __init__(self, layers: Sequence[SplitLayer]) -> None:
        self.layers = [layer.name for layer in layers]
        self.tops = OrderedDict((layer.name, list(layer.tops)) for layer in layers)
        self.bottoms = OrderedDict((layer.name, list(layer.bottoms)) for layer in layers)
        self.inputs = [top for layer in layers if layer.type == "Input" for top in layer.tops]
        self.outputs = sorted(_unread(layers))

    def layer(self, name: str) -> int:
        """Return the number of a layer.

        Raises: UsageError if there is none of that name.
        """
        if name not in self.layers:
            near = did_you_mean(name, self.layers)
            raise UsageError(f'the net has no layer "{name}"' + (f"; {near}" if near else ""))
        return self.layers.index(name)


def need_all(what: str, given: Iterable[str], wanted: Sequence[str]) -> None:
    """Refuse arrays that are not for exactly the blobs named.

    Raises: UsageError.
    """
    given = sorted(given)
    if given != sorted(set(wanted)):
        raise UsageError(
            f"arrays are given for {', '.join(given)}, but the net's {what} are {', '.join(wanted) or 'none'}"
        )


def _unread(layers: Iterable[SplitLayer]) -> set[str]:
    unread: set[str] = set()
    for layer in layers:
        unread -= set(layer.bottoms)
        unread |= set(layer.tops)
    return unread - {AUTOMATIC}  # Caffe makes it, but does not put it out
