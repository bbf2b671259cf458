"""What every answer has, whatever was asked: headers, the form of errors, the workspace's own date."""

import pytest

from elements_local.clients import BASE_PATH
from elements_local.kit.api.json_text import decode

EXPOSED = (
    "Elements-Returned-Count, Elements-Total-Count, Elements-Request-Id, Elements-Next-Page-Token, "
    "Elements-Trace-Id, Elements-Error, Content-Disposition"
)


def test_answers_are_json_and_say_so_in_the_platforms_words(clients, instance):
    reply = clients.platform.send("GET", f"{BASE_PATH}/instances/{instance['id']}")

    assert reply.headers["Content-Type"] == "application/json;charset=UTF-8"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/instances"), ("DELETE", "/instances/1"), ("GET", "/nothing")]
)
@pytest.mark.parametrize("origin", ["https://web.postman.co", "http://localhost:3000"])
def test_a_page_on_the_list_may_read_the_headers_that_matter(clients, method, path, origin):
    plain = clients.platform.send(method, BASE_PATH + path)
    from_a_page = clients.platform.send(method, BASE_PATH + path, headers={"Origin": origin})

    assert "Access-Control-Expose-Headers" not in plain.headers
    assert from_a_page.headers["Access-Control-Allow-Origin"] == origin
    assert from_a_page.headers["Vary"] == "Origin"
    assert from_a_page.headers["Access-Control-Expose-Headers"] == EXPOSED


def test_keys_of_a_body_that_nothing_reads_are_warned_of(clients):
    body = {"topic": "a", "mesage": "b", "other": {"severity": 1}}
    reply = clients.platform.send("POST", f"{BASE_PATH}/notifications", json=body)

    warnings = decode(reply.headers["Elements-Local-Warnings"])
    assert reply.status == 200
    assert [(each["rule"], each["path"], each["nearest"]) for each in warnings] == [
        ("misspelt-key", "mesage", "message"),
        ("unknown-key", "other", None),
    ]


@pytest.mark.parametrize("body", [{"topic": "a"}, {"topic": 1, "other": 2}])
def test_what_is_read_and_what_is_refused_is_not_warned_of(clients, body):
    reply = clients.platform.send("POST", f"{BASE_PATH}/notifications", json=body)

    assert "Elements-Local-Warnings" not in reply.headers


def test_a_browser_may_ask_beforehand_without_credentials(stranger):
    reply = stranger.send(
        "OPTIONS",
        f"{BASE_PATH}/instances",
        headers={"Origin": "https://web.postman.co", "Access-Control-Request-Method": "POST"},
    )

    assert reply.status == 200
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in reply.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Private-Network" not in reply.headers


@pytest.mark.parametrize(
    ("origin", "allowed"), [("https://web.postman.co", "true"), ("https://evil.example", None)]
)
def test_a_page_on_the_list_alone_may_come_from_outside_the_private_network(stranger, origin, allowed):
    reply = stranger.send(
        "OPTIONS",
        f"{BASE_PATH}/instances",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Private-Network": "true",
        },
    )

    assert reply.headers.get("Access-Control-Allow-Private-Network") == allowed


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("none", 200)])
def test_a_page_of_another_site_cannot_send_a_providers_event_as_a_picture(stranger, site, status):
    reply = stranger.send("GET", f"{BASE_PATH}/events/insightly", headers={"Sec-Fetch-Site": site})

    assert reply.status == status


def test_the_date_of_an_answer_is_the_workspaces(clients):
    before = clients.platform.send("GET", f"{BASE_PATH}/elements")
    clients.clock.advance("36h 1s")
    after = clients.platform.send("GET", f"{BASE_PATH}/elements")

    assert before.headers["Date"] == "Mon, 02 Mar 2026 10:00:00 GMT"
    assert after.headers["Date"] == "Tue, 03 Mar 2026 22:00:01 GMT"


@pytest.mark.parametrize("path", ["/instances/", "/elements/", "/elements/insightly/"])
@pytest.mark.usefixtures("instance")
def test_a_slash_at_the_end_makes_no_difference(clients, path):
    assert clients.platform.send("GET", BASE_PATH + path).status == 200


def test_a_path_that_is_not_there_is_named(clients, refused):
    message = refused(clients.platform.send("GET", f"{BASE_PATH}/instances/1/nothing"), 404)

    assert message == "No resource found with path /elements/api-v2/instances/1/nothing"


def test_the_root_says_where_things_are(clients, refused):
    assert refused(clients.platform.send("GET", "/"), 404) == (
        "No resource found with path /; the API is below /elements/api-v2, the dashboard is /_local/, and "
        "GET /_local/openapi.json lists the routes"
    )


def test_a_verb_that_a_path_does_not_take_is_answered_with_those_that_it_does(clients, refused):
    reply = clients.platform.send("PUT", f"{BASE_PATH}/instances/1/events")

    message = refused(reply, 405)

    assert message.startswith("/elements/api-v2/instances/1/events does not take PUT; it takes ")
    assert {"GET", "HEAD", "OPTIONS"} <= set(reply.headers["Allow"].split(", "))
    assert "GET" in message


@pytest.mark.parametrize("accept", ["text/csv", "application/xml;q=1", "image/*", "application/json;q=0"])
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/instances"), ("GET", "/users"), ("POST", "/notifications")]
)
def test_who_accepts_nothing_of_what_there_is_gets_406(clients, refused, unchanged, method, path, accept):
    with unchanged():
        reply = clients.platform.send(
            method, BASE_PATH + path, json={"topic": "x"}, headers={"Accept": accept}
        )

    assert refused(reply, 406) == f"Accept must be application/json; got {accept}"


@pytest.mark.parametrize("accept", ["*/*", "application/*", "text/html, */*;q=0.1", "application/json", ""])
def test_who_accepts_json_among_others_gets_it(clients, accept):
    reply = clients.platform.send("GET", f"{BASE_PATH}/users", headers={"Accept": accept})

    assert reply.status == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/notifications"), ("PATCH", "/accounts/settings"), ("POST", "/accounts/1/settings")],
)
def test_a_body_that_is_said_to_be_something_else_is_415(clients, refused, method, path):
    reply = clients.platform.send(
        method, BASE_PATH + path, body=b"<x/>", headers={"Content-Type": "application/xml"}
    )

    assert "Content-Type must be application/json; got 'application/xml'" in refused(reply, 415)


@pytest.mark.parametrize("path", ["/nothing", "/_local/nothing", "/_local/clock/nothing"])
def test_outside_the_api_an_error_has_the_same_form(clients, refused, path):
    assert path in refused(clients.platform.send("GET", path), 404)


@pytest.mark.usefixtures("clients")
def test_every_answer_carries_a_request_id_admin_routes_included(stranger):
    for path in ("/_local/clock", "/_local/health", f"{BASE_PATH}/elements", "/"):
        assert len(stranger.send("GET", path).headers["elements-request-id"]) == 24


def test_an_empty_answer_stays_empty(clients, instance):
    reply = clients.platform.send("DELETE", f"{BASE_PATH}/instances/{instance['id']}")

    assert (reply.status, reply.body) == (200, b"")


def test_instances_of_an_empty_list_are_not_found(clients, refused):
    assert (
        refused(clients.platform.send("GET", f"{BASE_PATH}/instances"), 404) == "No element instances found"
    )


@pytest.mark.usefixtures("instance")
def test_a_head_request_is_answered_like_a_get_without_its_body(clients):
    got = clients.platform.send("GET", f"{BASE_PATH}/instances")
    head = clients.platform.send("HEAD", f"{BASE_PATH}/instances")

    assert (head.status, head.body) == (200, b"")
    assert head.headers["elements-total-count"] == got.headers["elements-total-count"] == "1"
    assert len(decode(got.body)) == 1
