from __future__ import annotations

import pytest

from docs.generator.templates import fill, template_pages


def test_text_stays_and_directives_become_tables() -> None:
    assert fill("Before.\n\n{{ enum Phase }}\n\nAfter.").startswith("Before.\n\n| value | meaning |\n| --- | --- |\n")


def test_the_common_fields_of_a_layer_are_not_options() -> None:
    text = fill("{{ common LayerParameter }}")
    assert "| `loss_weight` |" in text
    assert "_param`" not in text


def test_an_unknown_directive_is_refused() -> None:
    with pytest.raises(KeyError, match="tabel"):
        fill("{{ tabel Phase }}")


def test_solver_types_and_policies_have_their_formulas() -> None:
    text = template_pages()["solver.md"]
    assert "h ← momentum · h + rate · g" in text
    assert "inv: (1 + gamma · i) ^ −power" in text
    assert "{{" not in text
