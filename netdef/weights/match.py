"""Which blobs of a weights file go into which parameters of a net: by layer name, as in Caffe.

Source: Net::CopyTrainedLayersFrom, net.cpp.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import dropwhile

from netdef.graph.graph import Graph, Node, Parameter
from netdef.graph.splits import SplitLayer, with_splits
from netdef.layers.shape import Shape, show
from netdef.weights.contents import Array, LayerWeights, WeightsFile


@dataclass
class Match:
    """What one file has for a net; ``problems`` says what does not fit."""

    file: WeightsFile
    copies: list[tuple[Parameter, Array]] = field(default_factory=list)
    loaded: list[LayerWeights] = field(default_factory=list)
    ignored: list[LayerWeights] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def match(graph: Graph, file: WeightsFile) -> Match:
    """Find the net's layer for each layer of the file; of several with one name, the k-th for the k-th."""
    found = Match(file)
    layers: defaultdict[str, list[SplitLayer]] = defaultdict(list)
    for layer in with_splits(graph):
        layers[layer.name].append(layer)
    seen: Counter[str] = Counter()
    for source in file.layers:
        namesakes = layers.get(source.name, [])
        if not namesakes:
            found.ignored.append(source)
        # Where the net has fewer, its last takes the rest, as its only one does in Caffe.
        elif (node := namesakes[min(seen[source.name], len(namesakes) - 1)].node) is not None:
            _match_layer(found, node, source)
        seen[source.name] += 1
    return found


def _match_layer(found: Match, node: Node, source: LayerWeights) -> None:
    own = [
        index
        for index, use in enumerate(node.blobs)
        if (use.parameter.owner, use.parameter.index) == (node.name, index)
    ]
    given = {index: blob for index, blob in enumerate(source.blobs) if blob is not None}
    if not given.keys() <= set(range(len(node.blobs))) or not given.keys() >= set(own):
        found.problems.append(f'layer "{node.name}": {len(given)} blobs in the file, {len(node.blobs)} in the net')
        return
    for index, blob in given.items():
        use = node.blobs[index]
        if significant(blob.shape) == significant(use.shape):
            found.copies.append((use.parameter, blob))
        else:
            found.problems.append(
                f'layer "{node.name}": blob {index} is {show(blob.shape)} in the file, {show(use.shape)} in the net'
            )
    if given:
        found.loaded.append(source)


def significant(shape: Shape) -> Shape:
    """Return a shape without leading ones: old files pad all shapes with them to four axes."""
    return tuple(dropwhile(lambda length: length == 1, shape))
