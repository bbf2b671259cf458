"""``/_local/snapshot`` of the sink: what is restored while others wait or send, and in a workspace of another name."""

from threading import Thread

import pytest

from elements_local.kit.api.json_text import decode

PATH = "/_local/snapshot"


@pytest.fixture
def take(sink):
    def taken(**query):
        answer = sink.client.post(PATH, query_string=query)
        assert answer.status_code == 200
        return answer.data

    return taken


@pytest.fixture
def back(sink):
    def put_back(raw, **query):
        answer = sink.client.put(PATH, data=raw, content_type="application/json", query_string=query)
        assert answer.status_code == 200, answer.json
        return answer.json

    return put_back


def test_whoever_waits_sees_what_a_restore_brings(sink, take, back):
    sink.send(body=b'{"n": 1}')
    before = take()
    sink.client.post("/_local/reset")
    found = []

    def wait():
        answer = sink.app.test_client().post("/_local/callbacks/wait", json={"count": 1, "timeout_s": 60})
        found.extend(answer.json["callbacks"])

    waiting = Thread(target=wait)
    waiting.start()
    back(before)
    waiting.join()

    assert [one["body"] for one in found] == ['{"n": 1}']


def test_what_is_removed_in_a_workspace_of_another_name_is_taken_off_as_it_was_counted(
    sink, acme, take, back
):
    sink.send("/default/x", body=b"123")
    back(take(), workspace=acme.name)

    assert sink.client.delete("/_local/callbacks", query_string={"workspace": acme.name}).status_code == 200

    after = take(workspace=acme.name)
    usage = decode(after)["tables"]["sink_usage"]
    assert [row[usage["columns"].index("bytes")] for row in usage["rows"]] == [0, 0]
    back(after, workspace=acme.name)


def test_callbacks_that_come_meanwhile_are_in_a_snapshot_whole_or_not_at_all(sink, take):
    """Its counter of ids, its callbacks and its usage are of one moment."""

    def send():
        for _ in range(30):
            sink.send(body=b"{}")

    sending = [Thread(target=send) for _ in range(3)]
    for each in sending:
        each.start()
    taken = [decode(take())["tables"] for _ in range(20)]
    for each in sending:
        each.join()

    for tables in filter(None, taken):
        came = len(tables["sink_callbacks"]["rows"])
        assert tables["sink_workspaces"]["rows"] == [[came]]
        assert {row[1] for row in tables["sink_usage"]["rows"]} == {came}
