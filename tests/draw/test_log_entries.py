import pytest

from netdef.draw.log_entries import TestEntry


@pytest.mark.parametrize(("net", "name"), [(0, "accuracy"), (2, "accuracy (test net 2)")])
def test_outputs_of_all_test_nets_have_names_of_their_own(net: int, name: str) -> None:
    assert TestEntry(5, 0.5, net).name_of("accuracy") == name
