from __future__ import annotations

import pytest

from netdef.errors import DefinitionError
from netdef.schema.netdef_pb2 import NetParameter
from netdef.schema.upgrade import Upgraded, UpgradeError


def renamed(net: NetParameter) -> Upgraded[NetParameter]:
    return Upgraded(NetParameter(name=net.name + "!"), {("new",): ("old",)}, ("a name",))


def refused(net: NetParameter) -> Upgraded[NetParameter]:
    raise UpgradeError(("new", 3), f"{net.name} is no name", "take another")


def test_steps_follow_one_another() -> None:
    result = Upgraded(NetParameter(name="a")).then(renamed).then(renamed)
    assert result.message.name == "a!!"
    assert result.notices == ("a name", "a name")


def test_all_notices_become_one_that_names_each_form_once() -> None:
    result = Upgraded(NetParameter(), notices=("first", "second", "first")).announced()
    assert result.notices == ("old forms read as today's: first, second; `netdef upgrade` rewrites the file",)
    assert Upgraded(NetParameter()).announced().notices == ()


def test_an_error_is_a_definition_error_at_the_original_path() -> None:
    with pytest.raises(UpgradeError) as caught:
        Upgraded(NetParameter(name="a")).then(renamed).then(refused)
    assert caught.value.path == ("old", 3)
    assert isinstance(caught.value, DefinitionError)
    assert str(caught.value) == "a! is no name\n    take another"
