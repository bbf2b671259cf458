"""A path belongs to its most literal route."""

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from elements_local.kit.web.service_flask import Precedence

ROUTES = Map(
    [
        Rule("/users", methods=["GET"], endpoint="users"),
        Rule("/<resource>", methods=["GET", "POST"], endpoint="list"),
        Rule("/users/<user>", methods=["GET"], endpoint="user"),
        Rule("/<resource>/<record>", methods=["GET", "DELETE"], endpoint="record"),
        Rule("/users/settings", methods=["PUT"], endpoint="settings"),
        Rule("/users/settings", methods=["GET"], endpoint="settings of"),
        Rule("/<resource>/<record>/notes", methods=["GET"], endpoint="notes"),
        Rule("/users/<user>/<child>", methods=["POST"], endpoint="child"),
    ]
)
PRECEDENCE = Precedence(ROUTES)


def find(path, method):
    """Return the endpoint that a request comes to; as an application asks."""
    rule, _ = ROUTES.bind("x").match(path, method, return_rule=True)
    PRECEDENCE.check(path, rule.rule, method)
    return rule.endpoint


@each_row(
    ("path", "method", "endpoint"),
    [
        ("/users", "GET", "users"),
        ("/things", "POST", "list"),
        ("/users/1", "GET", "user"),
        ("/users/settings", "PUT", "settings"),
        ("/users/settings", "GET", "settings of"),
        ("/things/1", "DELETE", "record"),
        ("/things/1/notes", "GET", "notes"),
        ("/users/1/notes", "POST", "child"),
    ],
)
def test_a_method_that_the_most_literal_route_takes_comes_to_it(path, method, endpoint):
    assert find(path, method) == endpoint


@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/users", "POST", ["GET", "HEAD"]),
        ("/users/1", "DELETE", ["GET", "HEAD"]),
        ("/users/settings", "DELETE", ["GET", "HEAD", "PUT"]),
        ("/users/1/notes", "GET", ["POST"]),
    ],
)
def test_a_method_that_only_a_less_literal_route_takes_is_refused(path, method, allowed):
    with pytest.raises(MethodNotAllowed) as refused:
        find(path, method)

    assert sorted(refused.value.valid_methods) == allowed
    assert PRECEDENCE.methods(path) == set(allowed)


def test_a_path_without_a_route_takes_nothing():
    assert PRECEDENCE.methods("/a/b/c/d") is None


@given(st.lists(st.sampled_from(["users", "settings", "notes", "x"]), min_size=1, max_size=3))
def test_what_a_path_takes_is_what_it_is_not_refused_for(segments):
    path = "/" + "/".join(segments)
    taken = set()
    for method in ("GET", "POST", "PUT", "DELETE"):
        try:
            find(path, method)
        except (NotFound, MethodNotAllowed):
            continue
        taken.add(method)

    assert taken == (PRECEDENCE.methods(path) or set()) - {"HEAD"}
