"""Every layer type gives on parts of a batch what it gives on the whole, or is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from netdef.errors import UsageError
from netdef.net import Net
from tests.placed_types import EXAMPLES, Example
from tests.placing import assert_same, batch
from tests.test_placement_types import graph, outcome

TWO = ("cpu:0", "cpu:1")
IN_PARTS = {"AbsVal", "Convolution", "Eltwise", "InnerProduct", "LRN", "Pooling", "Reshape", "Softmax"}  # some of them


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.brief)
def test_parts_of_a_batch_give_what_the_whole_does(
    example: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    built = graph(example)
    if any(node.layer.uses_batch_statistics for node in built.nodes):
        with pytest.raises(UsageError, match=rf'layer "own" \({example.type}\)'):
            Net(built, micro_batches=2)
        return
    if built.sources and (built.sources[0].tops[0].shape or ())[0] == 1:
        with pytest.raises(UsageError, match="a batch of 1 cannot come in 2 micro-batches"):
            Net(built, micro_batches=2)(batch(built, torch.float32))
        return
    found = []
    for micro_batches in (1, 2):
        net = Net(graph(example), dtype=torch.float64, devices=TWO, micro_batches=micro_batches)
        found.append(outcome(net, batch(net.graph), 0))
        (tmp_path / "written.h5").unlink(missing_ok=True)
    assert_same(found[1], found[0])


@pytest.mark.parametrize("kind", sorted(IN_PARTS))
def test_such_a_layer_does_take_parts(kind: str) -> None:
    (example, *_) = [example for example in EXAMPLES if example.type == kind]
    node = next(node for node in graph(example).nodes if node.name == "own")
    assert node.layer.by_rows(*(bottom.shape for bottom in node.bottoms if bottom.shape))
