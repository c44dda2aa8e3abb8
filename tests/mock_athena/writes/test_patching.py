"""JSON Patch as RFC 6902 has it, with the examples of its appendix A."""

from typing import Any

import pytest

from mock_athena.errors import BadRequest, UnprocessableContent
from mock_athena.writes.patching import patched

RT = {"resourceType": "X"}


def apply(resource: Any, *operations: Any) -> Any:
    """The resource after the patch, without its type."""
    changed = patched(list(operations))({**RT, **resource})
    return {name: part for name, part in changed.items() if name != "resourceType"}


@pytest.mark.parametrize(
    ("before", "operation", "after"),
    [
        ({"foo": "bar"}, {"op": "add", "path": "/baz", "value": "qux"}, {"foo": "bar", "baz": "qux"}),
        ({"foo": ["bar", "baz"]}, {"op": "add", "path": "/foo/1", "value": "qux"}, {"foo": ["bar", "qux", "baz"]}),
        ({"foo": ["bar"]}, {"op": "add", "path": "/foo/-", "value": ["x"]}, {"foo": ["bar", ["x"]]}),
        ({"baz": "qux", "foo": "bar"}, {"op": "remove", "path": "/baz"}, {"foo": "bar"}),
        ({"foo": ["bar", "qux", "baz"]}, {"op": "remove", "path": "/foo/1"}, {"foo": ["bar", "baz"]}),
        ({"baz": "qux"}, {"op": "replace", "path": "/baz", "value": "boo"}, {"baz": "boo"}),
        (
            {"foo": {"bar": "baz", "waldo": "fred"}, "qux": {"corge": "grault"}},
            {"op": "move", "from": "/foo/waldo", "path": "/qux/thud"},
            {"foo": {"bar": "baz"}, "qux": {"corge": "grault", "thud": "fred"}},
        ),
        (
            {"foo": ["all", "grass", "cows", "eat"]},
            {"op": "move", "from": "/foo/1", "path": "/foo/3"},
            {"foo": ["all", "cows", "eat", "grass"]},
        ),
        ({"baz": "qux"}, {"op": "test", "path": "/baz", "value": "qux"}, {"baz": "qux"}),
        ({"foo": "bar"}, {"op": "add", "path": "/child", "value": {"a": {}}}, {"foo": "bar", "child": {"a": {}}}),
        ({"foo": "bar"}, {"op": "add", "path": "/baz", "value": "qux", "xyz": 1}, {"foo": "bar", "baz": "qux"}),
        ({"/": 9, "~1": 10}, {"op": "test", "path": "/~01", "value": 10}, {"/": 9, "~1": 10}),
        ({"a": {"b": 1}}, {"op": "copy", "from": "/a", "path": "/c"}, {"a": {"b": 1}, "c": {"b": 1}}),
        ({"a": 1}, {"op": "replace", "path": "", "value": {"resourceType": "Y"}}, {}),
        ({"a": 1}, {"op": "move", "from": "/a", "path": "/a"}, {"a": 1}),
    ],
)
def test_an_operation_does_what_it_says(before: Any, operation: Any, after: Any) -> None:
    assert apply(before, operation) == after


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/baz", "value": "bar"},
        {"op": "test", "path": "/one", "value": True},
        {"op": "test", "path": "/nothing", "value": None},
        {"op": "add", "path": "/baz/bat", "value": "qux"},
        {"op": "add", "path": "/list/9", "value": 1},
        {"op": "add", "path": "/list/01", "value": 1},
        {"op": "remove", "path": "/nothing"},
        {"op": "remove", "path": "/list/-"},
        {"op": "replace", "path": "/nothing", "value": 1},
        {"op": "replace", "path": "/list/x", "value": 1},
        {"op": "move", "from": "/deep", "path": "/deep/er"},
        {"op": "copy", "from": "/nothing", "path": "/x"},
        {"op": "remove", "path": "/resourceType"},
        {"op": "remove", "path": ""},
        {"op": "replace", "path": "", "value": []},
    ],
)
def test_what_cannot_be_applied_is_refused_and_changes_nothing(operation: Any) -> None:
    before = {**RT, "baz": "qux", "one": 1, "list": [1, 2], "deep": {"er": {}}}
    kept = {**before, "list": [1, 2], "deep": {"er": {}}}
    with pytest.raises(UnprocessableContent):
        patched([{"op": "add", "path": "/list/-", "value": 3}, operation])(before)
    assert before == kept


@pytest.mark.parametrize(
    "operations",
    [
        {},
        None,
        "x",
        [5],
        [{}],
        [{"op": "spam", "path": "/a"}],
        [{"op": ["add"], "path": "/a"}],
        [{"op": "add", "path": "/a"}],
        [{"op": "add", "value": 1}],
        [{"op": "move", "path": "/a"}],
        [{"op": "remove", "path": "a"}],
        [{"op": "remove", "path": 5}],
        [{"op": "copy", "from": "x", "path": "/a"}],
        [{"op": "test", "path": "/a", "value": 1}] * 201,
    ],
)
def test_what_is_no_patch_is_a_bad_request(operations: Any) -> None:
    with pytest.raises(BadRequest):
        patched(operations)


def test_a_value_is_not_shared_between_places() -> None:
    patch = patched([{"op": "add", "path": "/a", "value": {"b": []}}, {"op": "add", "path": "/a/b/-", "value": 1}])
    assert patch({**RT})["a"] == patch({**RT})["a"] == {"b": [1]}
