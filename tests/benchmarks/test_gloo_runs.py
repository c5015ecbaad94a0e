from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.gloo_runs import FIRST, Run, machine, outcome, predicted, row
from benchmarks.scaling_model import BUCKET, Job, Link, Work, ring_seconds, step

LINK = Link(bandwidth=1e9, latency=0.001)
WORK = Job(2, (Work(10**6, 0), Work(10**6, BUCKET)), held=25_000)


def test_a_machine_is_what_whole_and_half_batches_show() -> None:
    """0.1 s for the parameters, 0.05 s for each image."""
    cluster = machine(WORK, LINK, whole=0.5, half=0.3, batch=8)
    assert step(WORK, cluster, 8).compute == pytest.approx(0.5)
    assert step(WORK, cluster, 4).compute == pytest.approx(0.3)
    assert step(replace(WORK, held=5000), cluster, 8).compute == pytest.approx(0.42)


def test_a_prediction_lies_between_hidden_and_waiting_exchanges() -> None:
    cluster = machine(WORK, LINK, whole=0.5, half=0.3, batch=8)
    found = predicted(Run(2, "whole", 0.6), WORK, cluster, 8)
    assert found.longest == pytest.approx(0.5 + ring_seconds(BUCKET, 2, LINK))
    assert found.shortest == pytest.approx(0.5)
    assert row(found) == "| 2 | whole | 0.0 | 0.00 | 0.60 | 0.50 to 0.53 |"


def test_an_outcome_is_the_median_of_steps_after_the_first_ones(tmp_path: Path) -> None:
    ends = [5.0, 9.0, *(10 + second for second in (0, 1, 3, 4.5))]
    events = [{"event": "train", "seconds": end} for end in ends]
    events.append({"event": "bytes", "gradients_per_iteration": 70, "blobs_per_iteration": 6})
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, events)))
    assert FIRST == 2
    assert outcome(tmp_path, 4, "split") == Run(4, "split", 1.5, 70, 6)
