from __future__ import annotations

from docs.generator.fields import field_row, fields_table, marked
from docs.generator.proto import schema


def row(message: str, field: str) -> tuple[str, ...]:
    block = schema()[message]
    return field_row(block, next(each for each in block.fields if each.name == field), "../")


def test_choices_stand_in_the_meaning() -> None:
    assert row("HingeLossParameter", "norm") == (
        "`norm`",
        "Norm",
        "`L1`",
        "Whether the terms are squared.<br>`L1`: The terms themselves.<br>`L2`: Their squares.",
    )


def test_choices_without_effect_are_left_out() -> None:
    assert "CUDNN" not in row("ReLUParameter", "engine")[3]


def test_messages_are_linked_and_repetition_is_said() -> None:
    assert row("DataParameter", "record_shape")[1] == "[BlobShape](../net.md#blobshape), repeated"


def test_required_fields_have_no_default() -> None:
    assert row("ClipParameter", "min")[2] == "required"


def test_own_and_old_fields_are_marked() -> None:
    assert marked("Own: this.") == "**netdef's own:** this."
    assert marked("Old: that.") == "*old:* that."


def test_sections_have_tables_of_their_own() -> None:
    assert fields_table("SolverParameter").count("| field | type | default | meaning |") == 7
