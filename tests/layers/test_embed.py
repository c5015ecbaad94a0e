from __future__ import annotations

import numpy as np
import pytest
import torch

from netdef.errors import DataError, OptionError
from tests.layers.contract import check_layer, make, numbers, run

TABLE = "input_dim: 7 num_output: 3"


@pytest.mark.parametrize("bias_term", [True, False])
@pytest.mark.parametrize("shape", [(5,), (2, 4)])
def test_rows_are_looked_up(bias_term: bool, shape: tuple[int, ...]) -> None:
    indices = torch.arange(8.0).mul(3).remainder(7)[: int(np.prod(shape))].view(shape)
    made = make("Embed", f"embed_param {{ {TABLE} bias_term: {str(bias_term).lower()} }}")
    (y,), (table, *bias) = check_layer(made, indices)
    want = np.zeros((*shape, 3))
    for place, index in np.ndenumerate(indices.numpy()):
        for o in range(3):
            want[(*place, o)] = table[int(index), o] + (bias[0][o] if bias_term else 0)
    np.testing.assert_allclose(y, want)


def test_fillers_are_told_and_indices_get_no_gradient() -> None:
    made = make("Embed", f'embed_param {{ {TABLE} weight_filler {{ type: "xavier" }} bias_filler {{ value: 1 }} }}')
    table, bias = made.parameters((None,))
    assert (table.shape, table.filler.type) == ((7, 3), "xavier")
    assert (bias.shape, bias.filler.value) == ((3,), 1)
    assert not made.takes_gradient(0)


@pytest.mark.parametrize(
    ("options", "words"),
    [("input_dim: 7", "num_output is 0, must be at least 1"), ("num_output: 3", "input_dim is 0, must be at least 1")],
)
def test_a_table_of_nothing_is_refused(options: str, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        make("Embed", f"embed_param {{ {options} }}")


def test_an_index_of_no_row_is_refused() -> None:
    made = make("Embed", f"embed_param {{ {TABLE} bias_term: false }}")
    with pytest.raises(DataError, match="an index is 7, must be from 0 to 6: the table has 7 rows"):
        run(made, torch.tensor([1.0, 7.0]), params=[numbers(7, 3)])
