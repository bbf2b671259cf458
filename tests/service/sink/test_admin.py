"""The admin routes that every service has, as far as the sink has a part in them."""

import pytest

from elements_local.kit.web.guard import TOKEN_HEADER, Guard


@pytest.fixture
def busy(sink, acme):
    for name in (acme.name, "default", "other"):
        sink.send(f"/{name}")
        sink.know("secret", bin_=name)
        sink.answer({"status": 503}, bin_=name)
    return sink


def state(sink, name):
    return (
        len(sink.callbacks(bin=name)),
        sink.client.get(f"/_local/signature-keys?bin={name}").json["keys"],
        sink.client.get(f"/_local/responses?bin={name}").json["responses"],
    )


BUSY = (1, 1, [{"status": 503}])
FRESH = (0, 0, [])


def test_reset_brings_a_workspace_and_all_its_bins_back_to_their_start(busy):
    assert busy.client.post("/_local/reset").status_code == 200

    assert [state(busy, name) for name in ("default", "other", "acme")] == [FRESH, FRESH, BUSY]
    assert busy.send().status == 200
    assert busy.one()["id"] == 1


@pytest.mark.parametrize("query", ["workspace=acme", "bin=acme"])
def test_reset_of_another_workspace_leaves_the_default_one_alone(busy, query):
    assert busy.client.post(f"/_local/reset?{query}").status_code == 200

    assert [state(busy, name) for name in ("default", "other", "acme")] == [BUSY, BUSY, FRESH]


def test_reset_of_all(busy):
    assert busy.client.post("/_local/reset?all=true").status_code == 200

    assert [state(busy, name) for name in ("default", "other", "acme")] == [FRESH, FRESH, FRESH]


def test_the_service_says_its_name(sink):
    assert sink.client.get("/_local/health").json == {
        "service": "sink",
        "status": "ok",
        "callbacks": 0,
        "bytes": 0,
        "pruned": 0,
        "streams": 0,
    }


def test_a_fault_before_the_sink_leaves_nothing_recorded(sink):
    sink.client.put("/_local/faults", json={"faults": [{"effect": {"status": 500}, "when": {"first_n": 1}}]})

    assert [sink.send().status for _ in range(2)] == [500, 200]
    assert len(sink.callbacks()) == 1


def test_a_fault_strikes_the_workspace_of_the_bin(sink, acme):
    sink.client.put(f"/_local/faults?workspace={acme.name}", json={"faults": [{"effect": {"status": 500}}]})

    assert sink.send("/acme/x").status == 500
    assert sink.send("/default").status == 200


def test_the_journal_is_that_of_the_workspace(sink, acme):
    sink.send("/acme", body=b"needle")

    assert sink.client.get("/_local/journal?q=needle").json["count"] == 0
    assert sink.client.get(f"/_local/journal?q=needle&bin={acme.name}").json["count"] == 1


def test_answers_are_counted(sink):
    sink.answer({"status": 503, "times": 1})
    sink.send()

    metrics = sink.client.get("/_local/metrics").text
    assert 'elements_local_requests_total{method="POST",service="sink",status="503"} 1.0' in metrics


def test_with_a_token_admin_routes_want_it_and_bins_do_not(make_sink):
    sink = make_sink(guard=Guard(token="t0ken"))

    assert sink.client.get("/_local/callbacks").status_code == 403
    assert sink.client.get("/_local/callbacks", headers={TOKEN_HEADER: "t0ken"}).status_code == 200
    assert sink.client.post("/default").status_code == 200


def test_with_a_token_only_who_has_it_drains_a_bin(make_sink):
    """What it gives is what the admin routes give."""
    sink = make_sink(guard=Guard(token="t0ken"))
    sink.client.post("/default", data=b"kept")

    refused = sink.client.get("/default?returnQueue")
    drained = sink.client.get("/default?returnQueue", headers={TOKEN_HEADER: "t0ken"})

    assert (refused.status_code, TOKEN_HEADER in refused.json["message"]) == (403, True)
    assert drained.json == {"count": 1, "data": [{"data": "kept"}]}


@pytest.mark.parametrize("path", ["//_local/callbacks", "///_local/reset"])
def test_slashes_before_it_open_no_way_round_the_guard(make_sink, path):
    sink = make_sink(guard=Guard(token="t0ken"))

    answer = sink.client.open(environ_overrides={"PATH_INFO": path})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_local", 404),
        ("GET", "/_local/", 404),
        ("GET", "/_local/nothing", 404),
        ("POST", "/_local/callbacks", 405),
        ("PUT", "/_local/callbacks/wait", 405),
        ("NONSENSE", "/_local/responses", 405),
    ],
)
def test_what_is_no_admin_route_is_refused_and_not_recorded(sink, method, path, status):
    answer = sink.client.open(path, method=method)

    assert answer.status_code == status
    assert answer.json["message"]
    assert sink.callbacks() == []
