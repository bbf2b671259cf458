"""Routes: a path belongs to its most literal one, and one that is found again is found as the first time."""

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from elements_local.kit.web.service_flask import Precedence, ServiceFlask


@pytest.fixture
def client():
    app = ServiceFlask(__name__)

    @app.url_value_preprocessor
    def forget_hub(_endpoint, values):
        if values:
            values.pop("hub", None)

    @app.get("/hubs/<hub>/<int:number>")
    def show(**variables):
        return variables

    app.bind_routes()
    return app.test_client()


def made(answer, *paths):
    app = ServiceFlask(__name__)
    for path in paths:
        app.add_url_rule(path, path, lambda: answer)
    app.bind_routes()
    return app


def test_applications_with_the_same_routes_share_them_and_answer_by_their_own_views():
    one, other, less = made("one", "/a", "/b"), made("other", "/a", "/b"), made("less", "/a")

    assert (one.url_map is other.url_map, one.url_map is less.url_map) == (True, False)
    assert [each.test_client().get("/b").status_code for each in (one, other, less)] == [200, 200, 404]
    assert [each.test_client().get("/a").text for each in (one, other, less)] == ["one", "other", "less"]


def test_a_route_that_comes_after_they_are_bound_is_refused():
    with pytest.raises(
        RuntimeError, match=r"the route /late comes after bind_routes\(\): register it before"
    ):
        made("one", "/a").add_url_rule("/late", "late", str)


def test_methods_and_paths_are_told_apart_once_one_is_known(client):
    found = [
        client.open(path, method=method).status_code
        for method, path in [
            ("GET", "/hubs/crm/7"),
            ("POST", "/hubs/crm/7"),
            ("GET", "/hubs/crm/8"),
            ("GET", "/hubs/crm/x"),
            ("GET", "/hubs/crm/7"),
        ]
    ]

    assert found == [200, 405, 200, 404, 200]


@pytest.mark.parametrize("host", ["127.0.0.1:4700", "LOCALHOST:4700", "localhost", "[::1]:4700"])
def test_a_redirect_leads_to_the_host_that_the_request_was_sent_to(client, host):
    client.get("//hubs//crm/7", headers={"Host": "localhost:1"})

    location = client.get("/hubs//crm/7?q=%C3%A9", headers={"Host": host}).headers["Location"]

    assert location == f"http://{host.lower()}/hubs/crm/7?q=%C3%A9"


def test_who_would_speak_another_protocol_is_refused_on_a_known_path_too(client):
    client.get("/hubs/crm/7")

    refused = client.get("/hubs/crm/7", headers={"Connection": "Upgrade", "Upgrade": "websocket"})

    assert refused.status_code == 400


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


@each_row(
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
