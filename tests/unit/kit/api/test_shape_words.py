"""What is said of a body that has another shape than the declared one, and of keys that none declares."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Literal

import msgspec
import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct, ValidationError

from elements_local.kit.api.shape_words import refusal, words
from elements_local.kit.api.shapes import undeclared_keys


class Item(Struct, forbid_unknown_fields=True):
    status: Annotated[int, Meta(ge=200, le=599)] = 200
    tags: dict[str, Annotated[str, Meta(max_length=3)]] = {}
    password: Annotated[str, Meta(min_length=20)] | None = None


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Order(Struct, forbid_unknown_fields=True, rename="camel"):
    order_id: Annotated[int, Meta(ge=1)]
    items: list[Item] = []
    mode: Literal["fast", "slow"] = "fast"
    wait_s: Annotated[float, Meta(ge=0)] = 0
    before: "Order | None" = None

    def __post_init__(self):
        if self.wait_s > 100:
            raise ValueError("nobody waits that long")


ORDER = (
    'expected {"orderId": a whole number from 1, "items"?: a list of objects, '
    '"mode"?: one of fast, slow, "wait_s"?: a number from 0, "before"?: an object}'
).replace("wait_s", "waitS")
ITEM = (
    'expected {"status"?: a whole number from 200 to 599, "tags"?: an object, '
    '"password"?: a text of 20 or more letters}'
)


def said(value, shape=Order):
    with pytest.raises(ValidationError):
        msgspec.convert(value, shape)
    return refusal(value, shape)


@each_row(
    ("value", "reason"),
    {
        "bound": ({"orderId": 0}, f"orderId must be a whole number from 1; got 0; {ORDER}"),
        "another kind": ([], f"the body must be an object; got an empty list; {ORDER}"),
        "a key is missing": ({}, f"orderId is missing; {ORDER}"),
        "of the nearest object": (
            {"orderId": 1, "items": [{}, {"status": 99}]},
            f"items[1].status must be a whole number from 200 to 599; got 99; {ITEM}",
        ),
        "a key too many": (
            {"orderId": 1, "items": [{"state": 1}]},
            f"unknown key 'state' in items[0] (did you mean 'status'?); {ITEM}",
        ),
        "somewhere in a mapping": (
            {"orderId": 1, "items": [{"tags": {"a": "long"}}]},
            f'items[0].tags.a must be a text of up to 3 letters; got "long"; {ITEM}',
        ),
        "none of the words": (
            {"orderId": 1, "mode": "slack"},
            f'mode must be one of fast, slow; got "slack"; {ORDER}',
        ),
        "a shape's own check has its own words": ({"orderId": 1, "waitS": 101}, "nobody waits that long"),
        "its place goes before them": (
            {"orderId": 1, "before": {"orderId": 2, "waitS": 101}},
            "before: nobody waits that long",
        ),
    },
)
def test_a_refusal_says_what_came_and_what_was_expected(value, reason):
    assert said(value) == reason


def test_what_is_secret_is_not_repeated():
    assert "hush" not in said({"orderId": 1, "items": [{"password": "hush"}]})
    assert "got ********" in said({"orderId": 1, "items": [{"password": "hush"}]})


def test_what_came_is_shown_as_far_as_it_is_of_use():
    text = said({"orderId": 1, "items": [{"tags": {"a": "x" * 10_000}}]})

    assert "x" * 50 in text
    assert len(text) < 1000


@each_row(
    ("shape", "text"),
    [
        (int, "a whole number"),
        (Annotated[int, Meta(ge=0)], "a whole number from 0"),
        (Annotated[int, Meta(ge=0, le=10**18)], "a whole number from 0 to 1000000000000000000"),
        (Annotated[float, Meta(ge=0.5)], "a number from 0.5"),
        (Colour, "one of red, green"),
        (bool, "true or false"),
        (str | None, "a text"),
        (str | int | None, "a text or a whole number"),
        (Annotated[list[str], Meta(min_length=1, max_length=9)], "a list of 1 to 9 texts"),
        (Annotated[str, Meta(pattern="^x")], "a text that matches ^x"),
        (Annotated[int, Meta(ge=0, lt=100)], "a whole number from 0 to 99"),
        (tuple[int, str], "a list of 2 values"),
        (datetime, "an instant with a zone, such as 2026-03-02T10:00:00Z"),
        (Annotated[str, Meta(max_length=5)], "a text of up to 5 letters"),
        (Annotated[str, Meta(pattern="^x", description="a name")] | None, "a name"),
        (list[str], "a list of texts"),
        (list[int], "a list of values"),
        (list[Item], "a list of objects"),
        (dict[str, int], "an object"),
        (Item, "an object"),
        (object, "any JSON value"),
    ],
)
def test_a_shape_is_said_in_a_few_words(shape, text):
    assert words(shape) == text


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["orderId", "items", "tags", "status", "password", "before"]), inner
            )
        ),
    )
)
def test_any_value_can_be_refused(value):
    try:
        msgspec.convert(value, Order)
        told = "it fits"
    except ValidationError as error:
        told = refusal(value, Order)
        assert str(error) not in told  # noqa: PT017 - either outcome is right, not any

    assert told != "the body cannot be read"


class Leaf(Struct, rename="camel"):
    first_name: str = ""


class Tree(Struct):
    leaf: Leaf | None = None
    leaves: list[Leaf] = []
    free: dict[str, object] = {}


def test_what_is_declared_and_what_is_free_is_not_found():
    sent = {"leaf": {"firstName": "a"}, "leaves": [{}], "free": {"any": {"thing": 1}}}

    assert undeclared_keys(sent, Tree) == []


def test_a_key_is_found_wherever_it_stands_with_the_one_that_may_be_meant():
    sent = {"leaf": {"firstname": 1}, "leaves": [{}, {"x": 1}], "other": None}

    assert undeclared_keys(sent, Tree | None) == [
        (("leaf", "firstname"), "firstName"),
        (("leaves", "1", "x"), None),
        (("other",), None),
    ]


def test_of_a_body_that_may_be_a_list_or_an_object_each_is_looked_into():
    assert undeclared_keys([{"y": 1}], Tree | list[Leaf]) == [(("0", "y"), None)]
    assert undeclared_keys({"y": 1}, Tree | list[Leaf]) == [(("y",), None)]


def test_what_has_no_keys_has_none_undeclared():
    assert undeclared_keys("text", str) == []
    assert undeclared_keys(None, Tree | None) == []
