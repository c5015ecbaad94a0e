"""Setting fields by path."""

import pytest

from netdef.errors import UsageError
from netdef.prototxt.edit import assign
from netdef.prototxt.parse import parse
from netdef.prototxt.write import write

SOLVER = """\
base_lr: 0.1  # the rate
net: "a.prototxt"
test_iter: 1
test_iter: 2
net_param {
  layer { name: "conv1" pad: [1, 2] }
}
"""


def edited(path: str, text: str) -> str:
    root = parse(SOLVER, "f")
    assign(root, path, text)
    return write(root)


@pytest.mark.parametrize(
    ("path", "text", "old", "new"),
    [
        ("base_lr", "0.001", "base_lr: 0.1 ", "base_lr: 0.001 "),
        ("net", "models/b.prototxt", '"a.prototxt"', '"models/b.prototxt"'),
        ("net", "b", '"a.prototxt"', '"b"'),
        ("net", '"b c"', '"a.prototxt"', '"b c"'),
        ("test_iter[1]", "7", "test_iter: 2", "test_iter: 7"),
        ("test_iter[2]", "7", "", "test_iter: 7\n"),
        ("test_iter", "[5, 6]", "test_iter: 1\ntest_iter: 2", "test_iter: [5, 6]"),
        ("net_param.layer[conv1].pad[0]", "9", "[1, 2]", "[9, 2]"),
        ("net_param.layer[0].pad", "[9]", "[1, 2]", "[9]"),
        ("net_param.layer[conv1].lrn_param.k", "2", "[1, 2] }", "[1, 2] lrn_param { k: 2 } }"),
        ("net_param.layer[conv1].lrn_param", "{ k: 2 }", "[1, 2] }", "[1, 2] lrn_param { k: 2 } }"),
        ("solver_mode", "CPU", "", "solver_mode: CPU\n"),
        ("snapshot_prefix", "runs/a b", "", 'snapshot_prefix: "runs/a b"\n'),
        ("snapshot_prefix", "a # b", "", 'snapshot_prefix: "a # b"\n'),
        ("snapshot_prefix", "", "", 'snapshot_prefix: ""\n'),
    ],
)
def test_assign(path: str, text: str, old: str, new: str) -> None:
    expected = SOLVER.replace(old, new) if old else SOLVER + new
    assert edited(path, text) == expected


def test_the_schema_may_say_what_is_text() -> None:
    root = parse("", "f")
    assign(root, "a.lr_policy", "step", is_text=lambda names: list(names) == ["a", "lr_policy"])
    assert write(root) == 'a { lr_policy: "step" }\n'


def test_a_set_value_knows_where_it_came_from() -> None:
    root = parse("", "f")
    assign(root, "base_lr", "abc")
    assert str(root.fields[0].place) == "base_lr=abc:1:1"


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("test_iter", "7", r"^test_iter: there are 2 of test_iter: say which of"),
        ("base_lr.x", "1", r"^base_lr\.x: base_lr is no block$"),
        ("net_param.layer[conv2].pad", "1", r"there is no layer\[conv2\]; did you mean layer\[conv1\]\?$"),
        ("a..b", "1", r'^"a..b" is no path of fields'),
        ("a", "{ b: }", r"^a: \{ b: \} cannot be read: b has no value$"),
        ("a", "[1, 2", r"^a: \[1, 2 cannot be read: the list of a is not closed$"),
    ],
)
def test_refusals(path: str, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        edited(path, text)
