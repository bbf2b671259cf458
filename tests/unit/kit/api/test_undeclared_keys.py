from msgspec import Struct

from elements_local.kit.api.shapes import undeclared_keys


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
