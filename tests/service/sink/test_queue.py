"""``GET ?returnQueue`` on a bin: the vendor's collector."""

import pytest

from elements_local.kit.workspaces.registry import NewWorkspace


def drain(sink, path="/default?returnQueue"):
    answer = sink.client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    return answer.json


def test_a_bin_is_drained_oldest_first(sink):
    sink.send(body=b'{"id": "1"}')
    sink.send("/default/deeper?x=1", body="größe".encode())

    assert drain(sink) == {"count": 2, "data": [{"data": '{"id": "1"}'}, {"data": "größe"}]}
    assert drain(sink) == {"count": 0, "data": []}


@pytest.mark.parametrize(
    "path",
    [
        "/default?returnQueue",
        "/default?returnQueue=true",
        "/default/x/y?a=1&returnQueue",
        "//default?returnQueue",
    ],
)
def test_any_path_of_the_bin_drains_it(sink, path):
    sink.send()

    assert sink.send(path, method="GET").body == b'{"count":1,"data":[{"data":""}]}'


def test_draining_is_not_recorded_and_uses_up_no_answer(sink):
    sink.answer({"status": 503, "times": 1})

    drain(sink)

    assert sink.callbacks() == []
    assert sink.send().status == 503


def test_only_the_exact_bin_is_drained(sink, acme):
    for path in ("/default", "/other", "/acme", "/defaults"):
        sink.send(path, body=path.encode())

    assert drain(sink, "/other?returnQueue")["data"] == [{"data": "/other"}]
    assert drain(sink, f"/{acme.name}?returnQueue")["data"] == [{"data": "/acme"}]
    assert [each["path"] for each in sink.callbacks()] == ["/default", "/defaults"]
    assert sink.callbacks(workspace="acme") == []


def test_the_root_is_a_bin_too(sink):
    sink.send("/", body=b"root")
    sink.send("/default", body=b"not me")

    assert drain(sink, "/?returnQueue") == {"count": 1, "data": [{"data": "root"}]}


@pytest.mark.parametrize("path", ["/%FF", "/a%00b", "/gr%C3%B6%C3%9Fe", "/a%20b", "/" + "x" * 3000])
def test_a_bin_of_any_name_can_be_drained(sink, path):
    sink.send(path, body=b"kept")

    assert sink.send(f"{path}?returnQueue", method="GET").body == b'{"count":1,"data":[{"data":"kept"}]}'


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT"])
def test_only_get_drains(sink, method):
    sink.send("/default?returnQueue", method=method)

    assert sink.one()["method"] == method


@pytest.mark.parametrize("query", ["returnqueue", "x=returnQueue", "returnQueues"])
def test_only_the_exact_word_drains(sink, query):
    sink.send(f"/default?{query}", method="GET")

    assert sink.one()["path"] == f"/default?{query}"


def test_a_body_that_is_no_text_is_shown_as_far_as_it_is(sink):
    sink.send(body=b"\xff\x00a")

    assert drain(sink)["data"] == [{"data": "\ufffd\x00a"}]


def test_ids_go_on_after_draining(sink):
    sink.workspaces.create(NewWorkspace(name="acme"))
    sink.send("/acme")
    drain(sink, "/acme?returnQueue")

    sink.send("/acme")

    assert sink.one(bin="acme")["id"] == 2
