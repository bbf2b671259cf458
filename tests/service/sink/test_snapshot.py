"""``/_local/snapshot`` of the sink: callbacks, and all that bins were told, come back as they were."""

from threading import Thread

import pytest

from callback_sink import SinkSettings
from elements_local.kit.api.json_text import decode

PATH = "/_local/snapshot"
KEY = "a-key"


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


def shown(sink, what, **query):
    return sink.client.get(f"/_local/{what}", query_string={"bin": "default", **query}).json


def test_callbacks_come_back_to_the_byte_and_ids_go_on_from_there(sink, take, back):
    sink.send(body=b'{"\xff": 1}', headers={"X-A": "caf\xc3\xa9"})
    before, came = take(), sink.callbacks()
    sink.send("/default/x")
    sink.client.delete("/_local/callbacks")

    assert back(before)["workspace"] == "default"

    assert sink.callbacks() == came
    assert take() == before
    sink.send()
    assert [one["id"] for one in sink.callbacks()] == [1, 2]


def test_what_a_bin_was_told_comes_back(sink, take, back):
    sink.answer({"status": 503, "times": 3}, {"status": 410, "body": {"a": None}})
    sink.know(KEY)
    sink.client.put("/_local/forwards", json={"bin": "default", "url": "http://127.0.0.1:9/x"})
    sink.send()
    before, told = take(), [shown(sink, what) for what in ("responses", "forwards", "signature-keys")]
    for what in ("responses", "forwards"):
        sink.client.delete(f"/_local/{what}?bin=default")
    sink.know()

    back(before)

    assert [shown(sink, what) for what in ("responses", "forwards", "signature-keys")] == told
    assert [sink.send().status for _ in range(3)] == [503, 503, 410]


def test_what_made_room_is_counted_as_it_was(make_sink):
    sink = make_sink(SinkSettings(bin_callbacks=2))
    for _ in range(3):
        sink.send()
    before = sink.client.post(PATH).data
    sink.send()
    listed = [one["id"] for one in sink.callbacks()]

    sink.client.put(PATH, data=before, content_type="application/json")

    answer = sink.client.get("/_local/callbacks").json
    assert (listed, answer["pruned"], answer["count"]) == ([3, 4], 1, 2)
    sink.send()
    assert [one["id"] for one in sink.callbacks()] == listed


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


def test_in_a_workspace_of_another_name_its_own_bin_has_what_the_old_ones_had(sink, acme, take, back):
    sink.know(KEY)
    sink.answer({"status": 503, "times": 2})
    sink.send("/default/instance?a=1")
    sink.send("/defaults")
    before = take()

    assert back(before, workspace="acme") == {"workspace": "acme", "rows": decode_rows(before)}

    assert [one["path"] for one in sink.callbacks(bin="acme")] == ["/acme/instance?a=1"]
    assert [one["path"] for one in sink.callbacks(workspace="acme")] == ["/acme/instance?a=1", "/defaults"]
    assert sink.send("/acme").status == 503
    assert shown(sink, "signature-keys", bin="acme") == {"bin": "acme", "keys": 1}
    assert take() == before
    assert acme.name == "acme"


def decode_rows(raw):
    return sum(len(table["rows"]) for table in decode(raw)["tables"].values())


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
