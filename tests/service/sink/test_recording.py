"""What is sent to a bin is recorded: whose it is, how large it may be, by many at once, and for good."""

from threading import Barrier, Thread

import pytest

from elements_local.kit.workspaces.registry import NewWorkspace


@pytest.mark.usefixtures("acme")
def test_a_bin_with_a_workspaces_name_is_its_own_and_any_other_the_default_ones(sink):
    for path in ("/acme/x", "/acmes", "/default", "/other", "/"):
        sink.send(path)

    assert [each["path"] for each in sink.callbacks(workspace="acme")] == ["/acme/x"]
    assert [each["path"] for each in sink.callbacks()] == ["/acmes", "/default", "/other", "/"]


def test_a_body_as_large_as_may_be_is_kept_whole(sink):
    body = b"x" * (2 * 1024 * 1024)

    assert sink.send(body=body).status == 200
    assert sink.one()["body"] == body.decode()


def test_a_body_that_is_too_large_is_refused_with_a_reason(sink):
    answer = sink.client.post("/default", data=b"x" * (2 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert answer.json == {"message": "a callback's body may have up to 2097152 bytes; this one has 2097153"}
    assert sink.callbacks() == []


def test_the_journal_shows_a_body_that_is_larger_than_most(sink):
    """The front reads as much as the sink takes, not what services take unless they say so."""
    sink.send(body=b"needle" + b"x" * 1_500_000)

    journal = sink.client.get("/_local/journal?q=needle").json
    assert journal["count"] == 1


def test_many_threads_lose_nothing(sink):
    acme = sink.workspaces.create(NewWorkspace(name="acme"))
    sink.answer({"status": 503, "times": 30})
    start = Barrier(8)
    statuses = []

    def send(path):
        start.wait()
        statuses.extend(sink.send(path).status for _ in range(20))

    threads = [Thread(target=send, args=(path,)) for path in ["/default", "/acme"] * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses.count(503) == 30
    assert [each["id"] for each in sink.callbacks()] == list(range(1, 81))
    assert [each["status"] for each in sink.callbacks()] == [503] * 30 + [200] * 50
    assert [each["id"] for each in sink.callbacks(workspace=acme.name)] == list(range(1, 81))


def test_callbacks_outlive_the_application(make_sink):
    first = make_sink()
    first.know("secret")
    first.answer({"status": 503})
    first.send()

    again = make_sink()

    assert again.one()["status"] == 503
    assert again.send().status == 503
    assert [each["id"] for each in again.callbacks()] == [1, 2]
    assert again.client.get("/_local/signature-keys?bin=default").json["keys"] == 1
