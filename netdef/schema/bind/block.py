"""Where in a file a field stands: the chain of blocks around it, and its layer's name for messages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.descriptor import Descriptor

from netdef.prototxt.tokens import Kind
from netdef.prototxt.tree import Message, Scalar

_LAYER_FIELDS = ("layer", "layers")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the text, the message that it describes and the block around it; the file itself has no name."""

    tree: Message
    descriptor: Descriptor
    name: str = ""
    outer: Block | None = None

    @property
    def is_layer(self) -> bool:
        """Whether the block describes a layer."""
        return self.name in _LAYER_FIELDS

    def outwards(self) -> Iterator[Block]:
        """Yield this block and those around it, the innermost first."""
        block: Block | None = self
        while block is not None:
            yield block
            block = block.outer

    def layer(self) -> Block | None:
        """Return the innermost layer around, which may be this block."""
        return next((block for block in self.outwards() if block.is_layer), None)

    def says(self, name: str) -> str:
        """Return what the block gives for a name, quotes left out; empty if nothing."""
        for field in self.tree.named(name):
            if isinstance(field.value, Scalar):
                quoted = field.value.kind is Kind.STRING
                return field.value.content.decode(errors="replace") if quoted else field.value.text
        return ""

    def subject(self) -> str:
        """Return the beginning of a message about something in this block, e.g. ``layer "conv1" (Convolution): ``."""
        layer = self.layer()
        if layer is None:
            return ""
        name, type_ = layer.says("name"), layer.says("type")
        return "layer" + (f' "{name}"' if name else "") + (f" ({type_})" if type_ else "") + ": "

    def dotted(self, name: str = "") -> str:
        """Return the way from the layer, or from the file, to a field of this block, or to the block itself."""
        names = [name] if name else []
        for block in self.outwards():
            if block.is_layer or not block.name:
                break
            names.append(block.name)
        return ".".join(reversed(names))
