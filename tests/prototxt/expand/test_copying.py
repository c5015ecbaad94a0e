"""Fields once more, at another place."""

from dataclasses import replace

from netdef.errors import Place
from netdef.prototxt.expand.copying import Copier
from netdef.prototxt.parse import parse
from netdef.prototxt.tree import Field, Message, Scalar
from netdef.prototxt.write import write

TEXT = """\
# above
a {  # brace
  b: 1  # behind
  c: [2, 3]
  d: [{ e: 4 }, { e: 5 }]
  # below
}
"""
USE = Place("g", 7, 1)


def moved(place: Place) -> Place:
    return replace(place, via=USE)


def copied(copier: Copier) -> str:
    copy = copier.field(parse(TEXT, "f").fields[0])
    assert copy
    return write(Message([copy], USE, USE))


def test_comments_stay_only_where_they_are_wanted() -> None:
    assert copied(Copier(moved, lambda scalar: scalar, comments=True)) == TEXT
    assert copied(Copier(moved, lambda scalar: scalar)) == "a {\n  b: 1\n  c: [2, 3]\n  d: [{ e: 4 }, { e: 5 }]\n}\n"


def test_every_place_moves_and_the_original_stays() -> None:
    field = parse(TEXT, "f").fields[0]
    before = write(Message([field], USE, USE))
    copy = Copier(moved, lambda scalar: replace(scalar, place=moved(scalar.place))).field(field)
    assert copy
    assert write(Message([field], USE, USE)) == before
    assert set(places(copy)) == {replace(place, via=USE) for place in places(field)}


def places(field: Field) -> list[Place]:
    values = [field.value] if isinstance(field.value, Message | Scalar) else [*field.value.values]
    found = [field.place] if isinstance(field.value, Message | Scalar) else [field.place, field.value.place]
    for value in values:
        found.append(value.place)
        if isinstance(value, Message):
            found += [value.end, *(place for inner in value.fields for place in places(inner))]
    return found


def test_values_may_change_or_be_left_out() -> None:
    without_even = Copier(moved, lambda scalar: None if scalar.text in "24" else replace(scalar, text=scalar.text * 2))
    assert copied(without_even) == "a {\n  b: 11\n  c: [33]\n  d: [{}, { e: 55 }]\n}\n"
    assert Copier(moved, lambda scalar: None).field(parse("x: 1", "f").fields[0]) is None
