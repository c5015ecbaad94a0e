"""The steps from an abbreviated tree to a plain one, and what becomes of comments."""

from pathlib import Path

from tests.prototxt.expand.expanding import complaints, written

PAIR = """\
block {
  name: "pair"
  argument: "name"
  layer { name: "${name}" }
}
"""


def test_blocks_count_in_the_whole_file() -> None:
    assert written('use { block: "pair" name: "x" }\n' + PAIR).count('name: "x"') == 1


def test_a_block_is_defined_once() -> None:
    assert complaints(PAIR + 'block { name: "pair" }') == ['f:6:1: block "pair" is defined twice\n    first at f:1:1']


def test_all_mistakes_are_told_in_file_order() -> None:
    found = complaints('use { block: "c" }\nrepeat { }\nblock { name: "b" x: ${y} }\nuse { block: "a" }')
    assert [problem.split(": ")[0] for problem in found] == ["f:1:1", "f:2:1", "f:2:1", "f:3:22", "f:4:1"]


def test_comments() -> None:
    text = """\
# The file.

# About the block.
block {  # brace
  name: "b"
  # In the body.
  layer { name: "x" }  # behind
}

# About the use.
use { block: "b" }  # behind the use
# About the layer.
layer { name: "y" }
# About the repeat.
repeat { index: "i" times: 0 }

# The end.
"""
    assert written(text) == (
        '# The file.\n\n# About the use.\n# behind the use\nlayer { name: "x" }\n'
        '# About the layer.\nlayer { name: "y" }\n# About the repeat.\n\n# The end.\n'
    )


def test_comments_of_an_included_file_stay_with_its_layers(tmp_path: Path) -> None:
    (tmp_path / "blocks").write_text(f'# What is here.\n\n# A pair.\n{PAIR}\n# Plain.\nlayer {{ name: "p" }}\n')
    text = '# The net.\ninclude: "blocks"  # blocks\nuse { block: "pair" name: "x" }\n'
    assert written(text, tmp_path / "net") == (
        '# The net.\n# blocks\n\n# Plain.\nlayer { name: "p" }\nlayer { name: "x" }\n'
    )
