from __future__ import annotations

import math

import numpy as np
import pytest

from netdef.inspect.comparison import compare, difference
from netdef.inspect.recording import Array, Recording

ONE = np.array([[1.0, -4.0, 2.0]], np.float32)


def between(a: Array, b: Array) -> tuple[float | None, float | None]:
    found = difference("a", a, "b", b)
    return found.absolute, found.relative


def test_the_largest_difference_is_measured_by_the_largest_magnitude_of_either() -> None:
    assert between(ONE, ONE + np.array([0.5, 1, -6])) == (6, 1.5)
    assert between(ONE, ONE - np.array([0, 4, 0])) == (4, 0.5)
    assert between(ONE - np.array([0, 4, 0]), ONE) == (4, 0.5)


def test_equal_arrays_do_not_differ() -> None:
    for array in (ONE, ONE * 0, np.zeros((0, 3)), np.float32(3), np.array([np.nan, np.inf, -np.inf])):
        assert between(np.asarray(array), np.array(array)) == (0, 0)


@pytest.mark.parametrize(("a", "b"), [(np.nan, 1), (1, np.nan), (np.inf, 1), (np.inf, -np.inf), (np.inf, np.nan)])
def test_what_is_no_number_on_one_side_differs_infinitely(a: float, b: float) -> None:
    found = difference("a", np.array([a, 2]), "b", np.array([b, 2]))
    assert (found.absolute, found.relative, found.magnitude) == (math.inf, math.inf, 2)
    assert found.exceeds(1e30)


def test_other_types_of_numbers_are_compared_without_overflow() -> None:
    assert between(np.array([0, 255], np.uint8), np.array([255, 0], np.uint8)) == (255, 1)
    assert between(np.array([True, False]), np.array([1.0, 0.5])) == (0.5, 0.5)


def test_other_shapes_are_not_compared_but_differ() -> None:
    found = difference("a", ONE, "b", ONE[0])
    assert (found.shape, found.other_shape, found.absolute, found.relative) == ((1, 3), (3,), None, None)
    assert found.exceeds(1e30)


@pytest.mark.parametrize(
    ("a", "b", "alone"), [((2, 3), (4, 3), True), ((2, 3), (2, 4), False), ((2, 3), (2, 3), False)]
)
def test_another_batch_is_told_from_another_shape(a: tuple[int, ...], b: tuple[int, ...], alone: bool) -> None:
    assert difference("a", np.zeros(a), "b", np.zeros(b)).in_batch_only is alone


def test_the_tolerance_is_of_the_largest_magnitude() -> None:
    found = difference("a", ONE, "b", ONE + np.array([0.25, 0, 0]))
    assert found.exceeds(0.0624)
    assert not found.exceeds(0.0625)


A = Recording({"x": ONE, "y": ONE, "z": ONE}, {"l/0": ONE, "m/0": ONE, "n/0": ONE})


def test_arrays_are_paired_by_name_and_in_as_order() -> None:
    found = compare(A, Recording({"w": ONE, "z": ONE, "x": ONE}), {}, 0)
    assert [(one.name, one.other) for one in found.blobs] == [("x", "x"), ("z", "z")]
    assert (found.only_a, found.only_b, found.gradients) == (("y",), ("w",), ())


def test_renamed_blobs_and_layers_are_paired() -> None:
    b = Recording({"y": ONE, "why": ONE}, {"el/0": ONE, "l/0": ONE, "m/0": ONE})
    found = compare(A, b, {"y": "why", "l": "el"}, 0)
    assert [(one.name, one.other) for one in found.blobs] == [("y", "why")]
    assert [(one.name, one.other) for one in found.gradients] == [("l/0", "el/0"), ("m/0", "m/0")]
    assert (found.only_a, found.only_b) == (("x", "z"), ("y",))


def test_the_first_blob_is_the_nearest_to_the_input_and_the_first_gradient_the_nearest_to_the_loss() -> None:
    b = Recording({"x": ONE, "y": ONE + 1, "z": ONE + 1}, {"l/0": ONE + 1, "m/0": ONE + 1, "n/0": ONE})
    found = compare(A, b, {}, 1e-3)
    assert found.first_blob is found.blobs[1]
    assert found.first_gradient is found.gradients[1]
    assert found.exceeds


@pytest.mark.parametrize("which", ["blobs", "gradients"])
def test_either_kind_alone_counts(which: str) -> None:
    changed = {"x": ONE + 1} if which == "blobs" else {"l/0": ONE + 1}
    b = Recording({**A.blobs, **changed}, A.gradients) if which == "blobs" else Recording(A.blobs, changed)
    assert compare(A, b, {}, 1e-3).exceeds
    assert not compare(A, b, {}, 1).exceeds
    assert not compare(A, A, {}, 0).exceeds
