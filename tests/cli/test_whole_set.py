from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import pytest

from netdef.cli.whole_set import as_plain, draw, judge, report
from netdef.errors import UsageError
from netdef.inspect.judgement import Judgement
from tests.inspect.test_judgement import ACCURACY, PICTURES, SCORES, SOFTMAX, judged, net

JUDGED, WITHOUT = net(PICTURES, SCORES, SOFTMAX, ACCURACY), net(PICTURES, SCORES)


def test_the_report() -> None:
    assert list(report(judged())) == [
        "Records: 4",
        "Top-1 accuracy: 0.5000 (2 of 4), error 0.5000",
        "Accuracy of each class:",
        "    class 0: 1.0000 (1 of 1)",
        "    class 1: 0.5000 (1 of 2)",
        "    class 2: 0.0000 (0 of 1)",
        "Confusion (a row for each class, a column for what the net says):",
        "      0 1 2",
        "    0 1 0 0",
        "    1 0 1 1",
        "    2 1 0 0",
        "Surest mistakes:",
        "    record 13: 2 taken for 0 (80.0%)",
        "    record 12: 1 taken for 2 (70.0%)",
    ]


def test_the_same_in_numbers() -> None:
    plain: dict[str, Any] = json.loads(json.dumps(as_plain(judged())))
    assert (plain["records"], plain["top_1"]) == (4, 0.5)
    assert plain["classes"] == [{"right": right, "count": count} for right, count in ((1, 1), (1, 2), (0, 1))]
    assert plain["confusion"] == [
        {"label": label, "said": said, "times": 1} for label, said in ((0, 0), (1, 1), (1, 2), (2, 0))
    ]
    assert [mistake["record"] for mistake in plain["mistakes"]] == [13, 12]
    assert plain["mistakes"][0] == {"record": 13, "label": 2, "said": 0, "confidence": pytest.approx(0.8)}


def test_pictures(tmp_path: Path) -> None:
    places = [str(tmp_path / name) for name in ("confusion.png", "mistakes.png")]
    draw(judged(), confusion=places[0], mistakes=places[1], title="tiny")
    assert all(cv2.imread(place) is not None for place in places)


def test_nothing_is_drawn_where_nothing_is_asked_for_or_wrong(tmp_path: Path) -> None:
    draw(judged(), confusion="", mistakes="", title="tiny")
    draw(Judgement(JUDGED), confusion="", mistakes=str(tmp_path / "mistakes.png"), title="tiny")
    assert not list(tmp_path.iterdir())


def test_a_net_without_accuracy_is_not_judged() -> None:
    assert judge(JUDGED, needed=True) is not None
    assert judge(WITHOUT, needed=False) is None
    with pytest.raises(UsageError, match="has no Accuracy layer"):
        judge(WITHOUT, needed=True)
