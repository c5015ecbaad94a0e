from __future__ import annotations

import pytest

from docs.generator.layers import layer_pages, option_fields
from netdef.layers.register import layer_types


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("SoftmaxWithLoss", {"softmax_param", "loss_param"}),
        ("Data", {"data_param", "transform_param"}),
        ("TanH", {"tanh_param"}),
        ("Bias", {"bias_param"}),
        ("Silence", set()),
    ],
)
def test_the_options_of_a_type_are_those_that_its_code_reads(name: str, fields: set[str]) -> None:
    assert option_fields(layer_types()[name]) == fields


def test_every_type_has_a_page_and_a_line_in_the_table() -> None:
    pages = layer_pages()
    assert sorted(pages) == sorted(["README.md", *(f"{name}.md" for name in layer_types())])
    assert [name for name in layer_types() if f"[{name}]({name}.md)" not in pages["README.md"]] == []


def test_a_page_has_formula_options_example_and_code() -> None:
    page = layer_pages()["LRN.md"]
    assert "y = x / (k + alpha/n · Σ x²)^beta" in page
    assert "| `local_size` | uint32 | `5` | Number of channels, or side of the square in pixels. Odd. |" in page
    assert "- **Bottom:** N×C×H×W." in page
    assert '  type: "LRN"' in page
    assert "(../../netdef/layers/lrn.py)" in page
