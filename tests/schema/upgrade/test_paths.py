from __future__ import annotations

from netdef.schema.upgrade.paths import Path, compose, follow


def test_the_longest_known_beginning_is_replaced() -> None:
    paths: dict[Path, Path] = {("layer", 3): ("layers", 4), ("layer", 3, "param", 0): ("layers", 4, "blobs_lr", 0)}
    assert follow(paths, ("layer", 3, "param", 0)) == ("layers", 4, "blobs_lr", 0)
    assert follow(paths, ("layer", 3, "param", 1, "name")) == ("layers", 4, "param", 1, "name")
    assert follow(paths, ("layer", 2, "name")) == ("layer", 2, "name")


def test_maps_of_two_steps_become_one() -> None:
    earlier: dict[Path, Path] = {("b", 0): ("a", 5), ("b", 0, "x"): ("a", 5, "old", "x"), ("other",): ("elsewhere",)}
    later: dict[Path, Path] = {("c", 2): ("b", 0), ("c", 2, "y", 1): ("b", 0, "x", 1)}
    composed = compose(later, earlier)
    assert follow(composed, ("c", 2)) == ("a", 5)
    assert follow(composed, ("c", 2, "y", 1)) == ("a", 5, "old", "x", 1)
    assert follow(composed, ("c", 2, "x")) == ("a", 5, "old", "x")
    assert follow(composed, ("other", "z")) == ("elsewhere", "z")
