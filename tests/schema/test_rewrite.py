from pathlib import Path

import pytest

from netdef.prototxt.load import load
from netdef.schema.load import load_net, load_solver
from netdef.schema.rewrite import Rewritten, rewrite


def rewritten(text: str, folder: Path) -> Rewritten:
    """Write a text in today's form, and see that the result means the same and changes no more."""
    path = folder / "old.prototxt"
    path.write_text(text)
    loader = load_net if "layer" in text else load_solver
    result = rewrite(loader(path), load(path))
    before = loader(path).message
    path.write_text(result.text)
    assert loader(path).message == before
    assert loader(path).message is loader(path).bound.message or not loader(path).notices
    return result


def test_comments_order_and_spelling_stay(tmp_path: Path) -> None:
    old = """\
# The head.

name: "n"  # its name

# A stage.
layers {  # opens
  type: CONVOLUTION  # loud
  name: "c"
  # in
  bottom: "x"
  blobs_lr: 1e0  # weights
  blobs_lr: 2
  convolution_param { kernel_size: 0x3 num_output: 4 }  # small
  top: "c"
  # closes
}
# The end.
"""
    new = """\
# The head.

name: "n"  # its name

# A stage.
layer {  # opens
  type: "Convolution"  # loud
  name: "c"
  # in
  bottom: "x"
  param { lr_mult: 1e0 }  # weights
  param { lr_mult: 2 }
  convolution_param { kernel_size: 0x3 num_output: 4 }  # small
  top: "c"
  # closes
}
# The end.
"""
    assert rewritten(old, tmp_path) == Rewritten(new, ())


def test_inputs_become_a_layer_where_they_stood(tmp_path: Path) -> None:
    old = 'name: "n"\n# what comes in\ninput: "x"\ninput_dim: 2\ninput_dim: 3\ninput_dim: 4\ninput_dim: 5\n'
    old += 'layer { name: "r" type: "ReLU" bottom: "x" top: "x" }\n'
    lines = rewritten(old, tmp_path).text.splitlines()
    assert lines[:6] == ['name: "n"', "# what comes in", "layer {", '  name: "input"', '  type: "Input"', '  top: "x"']
    assert "    shape { dim: 2 dim: 3 dim: 4 dim: 5 }" in lines
    assert lines[-1] == 'layer { name: "r" type: "ReLU" bottom: "x" top: "x" }'


def test_the_oldest_layers_are_wired_before_their_options(tmp_path: Path) -> None:
    old = 'layers { layer { name: "c" type: "conv" num_output: 4 kernelsize: 3 } bottom: "x" top: "c" }\n'
    text = rewritten(old, tmp_path).text
    assert text.index("bottom") < text.index("top") < text.index("convolution_param { num_output: 4 kernel_size: 3 }")


def test_parameters_stay_in_step_though_their_lists_cross(tmp_path: Path) -> None:
    old = (
        'layers { name: "i" type: INNER_PRODUCT weight_decay: 1 weight_decay: 0 blobs_lr: 5 blobs_lr: 7 param: "w" }\n'
    )
    text = rewritten(old, tmp_path).text
    assert text.index("lr_mult: 5") < text.index("lr_mult: 7")
    assert text.index("decay_mult: 1") < text.index("decay_mult: 0")


def test_a_solver_keeps_its_order(tmp_path: Path) -> None:
    old = 'solver_type: ADAM  # kind\n\nbase_lr: 1e-3\nnet: "n"\n'
    assert rewritten(old, tmp_path).text == 'type: "Adam"  # kind\n\nbase_lr: 1e-3\nnet: "n"\n'


def test_a_net_in_a_solver_is_rewritten_where_it_stands(tmp_path: Path) -> None:
    old = 'base_lr: 1\nnet_param { layers { name: "r" type: RELU } }  # inside\nmax_iter: 2\n'
    path = tmp_path / "solver.prototxt"
    path.write_text(old)
    text = rewrite(load_solver(path), load(path)).text
    assert text.splitlines()[0] == "base_lr: 1"
    assert 'layer { name: "r" type: "ReLU" }' in text
    assert text.splitlines()[-1] == "max_iter: 2"
    assert "# inside" in text


@pytest.mark.parametrize("place", ["above", "behind", "inside"])
def test_comments_of_what_is_gone_are_told(tmp_path: Path, place: str) -> None:
    above, behind, inside = (f"# {place}" if place == here else "" for here in ("above", "behind", "inside"))
    old = 'input: "x"\ninput_dim: 2\ninput_dim: 3\ninput_dim: 4\ninput_dim: 5\n'
    old += (
        f'{above}\nlayers {{ layer {{ {inside}\nname: "p" type: "padding" pad: 1 }} bottom: "x" top: "p" }}  {behind}\n'
    )
    old += 'layers { layer { name: "c" type: "conv" num_output: 4 kernelsize: 3 } bottom: "p" top: "c" }\n'
    assert rewritten(old, tmp_path).lost == (f"# {place}",)
