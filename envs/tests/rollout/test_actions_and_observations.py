"""What a policy is given, and what is made of what it gives back."""

import numpy as np
import pytest
from promptpo_policy.action import BadAction, action_converter
from promptpo_policy.observation import observation_factory
from promptpo_rollout.environments import ActionSpace

DISCRETE = {"kind": "discrete", "n": 3}
BOX = {"kind": "box", "shape": [2], "low": [-1.0, None], "high": [1.0, 2.0]}


@pytest.mark.parametrize(
    "value", [2, np.int64(2), np.uint8(2), 2.0, np.float32(2.0), np.array(2), np.array(2.0)]
)
def test_a_discrete_action_may_be_any_whole_number(value):
    convert, size = action_converter(DISCRETE)
    assert convert(value) == 2.0 and size == 1


def test_a_bool_is_a_discrete_action():
    convert, _size = action_converter(DISCRETE)
    assert convert(True) == 1.0 and convert(np.bool_(False)) == 0.0


@pytest.mark.parametrize(
    "value",
    [3, -1, 1.5, float("nan"), float("inf"), None, "1", [1], np.array([1]), 1j, object(), print],
)
def test_anything_else_is_no_discrete_action(value):
    convert, _size = action_converter(DISCRETE)
    with pytest.raises(BadAction, match="expected an integer from 0 to 2"):
        convert(value)


@pytest.mark.parametrize(
    "value", [[0.5, 1], (0.5, 1), np.array([0.5, 1]), np.array([0.5, 1], dtype=np.float32)]
)
def test_a_box_action_may_be_any_sequence_of_its_shape(value):
    convert, size = action_converter(BOX)
    assert convert(value).tolist() == [0.5, 1.0] and size == 2


@pytest.mark.parametrize(
    "value",
    [0.5, [0.5], [[0.5, 1]], [1, None], ["1", "2"], [1, float("nan")], [1, float("inf")], [[1], 2]],
)
def test_anything_else_is_no_box_action(value):
    convert, _size = action_converter(BOX)
    with pytest.raises(BadAction, match=r"expected 2 finite numbers of shape \(2,\)"):
        convert(value)


@pytest.mark.parametrize("value", [0.5, np.float64(0.5), [0.5], np.array(0.5), np.array([0.5])])
def test_a_box_of_one_number_takes_it_with_or_without_brackets(value):
    convert, _size = action_converter({"kind": "box", "shape": [1], "low": [-1], "high": [1]})
    assert convert(value).tolist() == [0.5]


def test_the_worker_clips_a_box_unless_the_specification_says_otherwise():
    assert ActionSpace(BOX).taken(np.array([-3.0, 5.0])).tolist() == [-1.0, 2.0]
    assert ActionSpace(BOX).taken(np.array([0.0, -1e300])).tolist() == [0.0, -1e300]
    assert ActionSpace(BOX | {"clip": False}).taken(np.array([-3.0, 0.0])) is None


def test_the_worker_takes_no_action_that_is_none():
    for sent in (3.0, -1.0, 0.5, np.nan, np.inf):
        assert ActionSpace(DISCRETE).taken(np.array([sent])) is None
    assert ActionSpace(BOX).taken(np.array([np.nan, 0.0])) is None


def test_the_worker_checks_each_row_of_a_frame():
    rows = np.array([[0.5, 1.0], [np.nan, 0.0], [-3.0, 5.0], [np.inf, 0.0], [1e200, -1e200]])
    taken = ActionSpace(BOX).each_taken(rows)
    assert [None if row is None else row.tolist() for row in taken] == [
        [0.5, 1.0],
        None,
        [-1.0, 2.0],
        None,
        [1.0, -1e200],
    ]
    strict = ActionSpace(BOX | {"clip": False}).each_taken(rows)
    assert [row is None for row in strict] == [False, True, True, True, True]
    discrete = ActionSpace(DISCRETE).each_taken(np.array([[2.0], [0.5], [np.nan], [0.0]]))
    assert discrete == [2, None, None, 0]


def test_an_action_of_the_environment_is_its_own():
    rows = np.array([[0.5, 1.0], [0.25, 0.0]])
    first, second = ActionSpace(BOX).each_taken(rows)
    rows[:] = 7.0
    assert first.tolist() == [0.5, 1.0] and second.tolist() == [0.25, 0.0]


def test_a_box_keeps_its_shape():
    square = {"kind": "box", "shape": [2, 2], "low": -1.0, "high": 1.0}
    (taken,) = ActionSpace(square).each_taken(np.array([[0.0, 0.5, 2.0, -2.0]]))
    assert taken.tolist() == [[0.0, 0.5], [1.0, -1.0]]


def test_an_observation_has_scalars_as_floats_and_fields_with_a_shape_as_arrays():
    fields = [
        {"name": "angle", "start": 0, "stop": 1, "shape": []},
        {"name": "cells", "start": 1, "stop": 5, "shape": [2, 2]},
        {"name": "hidden", "start": 5, "stop": 7, "shape": [2]},
    ]
    seen = observation_factory(fields, vector_size=5)(np.arange(7.0))
    assert type(seen.angle) is float and seen.angle == 0.0
    assert seen.cells.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    assert seen.hidden.tolist() == [5.0, 6.0]
    assert seen.vector.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0]
    assert "angle=0.0" in repr(seen)


@pytest.mark.parametrize("name", ["class", "two words", "vector", "x=1;import os"])
def test_a_field_that_cannot_be_an_attribute_is_refused(name):
    field = {"name": name, "start": 0, "stop": 1, "shape": []}
    with pytest.raises(ValueError, match="cannot be named"):
        observation_factory([field], vector_size=1)
