"""``/usage``: every call of the platform that was made in a workspace, and how many there were over time."""

import re
from contextlib import closing
from sqlite3 import connect

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body
from elements_local.start import Options, in_process
from mock_kit.api.json_text import decode

FILE = "elements-local.sqlite3"
KEYS = [
    "traffic_id",
    "traffic_date",
    "user_id",
    "account_id",
    "company_id",
    "company_external_id",
    "company_external_name",
    "process_time",
    "request_status",
    "request_ip",
    "request_uri",
    "request_id",
    "element_key",
    "element_name",
    "element_api",
]


@pytest.fixture
def send(clients):
    return lambda path="", **given: clients.platform.send("GET", f"{BASE_PATH}/usage{path}", **given)


@pytest.fixture
def usage(send):
    return lambda path="": decode(send(path).body)


@pytest.fixture
def calls(hub):
    """One instance made, one list of contacts, one contact that is not there."""
    listed = hub.send("GET", "/contacts?pageSize=5")
    missing = hub.send("GET", "/contacts/1")
    assert (listed.status, missing.status) == (200, 404)
    return listed, missing


def uris(records):
    return [record["request_uri"].removeprefix(BASE_PATH) for record in records]


def test_each_call_leaves_a_record_the_latest_first(clients, instance, calls, usage):
    listed, _ = calls

    records = usage()

    assert uris(records) == ["/hubs/crm/contacts/1", "/hubs/crm/contacts?pageSize=5", "/instances"]
    record = records[1]
    assert list(record) == KEYS
    assert record == record | {
        "traffic_date": "2026-03-02T10:00:00Z",
        "user_id": instance["user"]["id"],
        "company_external_name": clients.credentials.name,
        "process_time": 0,
        "request_status": "SUCCESS",
        "request_ip": "127.0.0.1",
        "request_id": listed.headers["elements-request-id"],
        "element_key": "insightly",
        "element_name": "Insightly",
        "element_api": "GET /hubs/crm/contacts",
    }
    assert [each["request_status"] for each in records] == ["FAILED", "SUCCESS", "SUCCESS"]
    assert [each.get("element_key") for each in records] == ["insightly", "insightly", None]
    assert int(records[0]["traffic_id"]) > int(record["traffic_id"])
    assert (list(records[2]), records[2]["element_api"]) == (
        [key for key in KEYS if key not in {"element_key", "element_name"}],
        "POST /instances",
    )


def test_a_record_is_shown_by_the_request_id_of_its_answer(calls, usage, send, refused):
    for reply in calls:
        record = usage(f"/{reply.headers['elements-request-id']}")
        assert record["request_id"] == reply.headers["elements-request-id"]
        assert usage(f"/{record['traffic_id']}") == record
    refused(send("/69a55fa03411ba9a625069c0"), 404)
    refused(send("/%00"), 404)


def test_polls_are_calls_too(clients, instance, usage):
    assert instance
    clients.clock.advance("15m")

    assert [uri.partition("?")[0] for uri in uris(usage("?searchText=updated_after"))].count(
        "/hubs/crm/contacts"
    ) == 1


def test_each_poll_has_a_request_id_of_its_own_and_moving_time_is_no_call(clients, instance, usage):
    clients.clock.advance("1m")
    clients.clock.advance("14m")

    records = usage()

    assert instance
    assert len({record["request_id"] for record in records}) == len(records) == 5
    assert all(record["request_uri"].startswith(BASE_PATH) for record in records)
    assert {record["process_time"] for record in records} == {0}


def test_calls_are_in_the_database_once_they_are_answered_so_that_a_kill_loses_none(tmp_path):
    with in_process(Options(data=tmp_path)) as stack, closing(connect(tmp_path / FILE)) as database:
        clients = stack.workspace()

        def kept():
            return [path for (path,) in database.execute("SELECT path FROM platform_usage ORDER BY id")]

        clients.platform.create_instance(instance_body(clients.credentials))
        clients.platform.call("GET", f"{BASE_PATH}/instances")
        answered = kept()
        clients.clock.advance("15m")

        assert answered == ["/instances", "/instances"]
        assert len(kept()) == 2 + len(clients.platform.polls()) > 2


def test_looking_at_usage_leaves_no_record(calls, usage):
    usage(f"/analytics/activity?{HOUR}")

    assert len(usage()) == len(usage()) == 1 + len(calls)


def test_a_list_without_any_is_not_found(send, refused):
    assert re.fullmatch("No (.*) found", refused(send(), 404))
    refused(send("?from=2030-01-01&to=2031-01-01"), 404)


def test_a_stranger_and_a_wrong_token(instance, stranger, clients, usage, refused):
    refused(stranger.send("GET", f"{BASE_PATH}/usage"), 401)
    refused(clients.platform.hub("bm9ib2R5").send("GET", "/contacts"), 401)

    assert instance
    assert [(each["request_status"], each.get("element_key")) for each in usage("?status=FAILED")] == [
        ("FAILED", None)
    ]


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("hub=crm", 2),
        ("hub=documents", 0),
        ("keys[]=insightly", 2),
        ("keys[]=salesforce", 0),
        ("keys[]=salesforce&keys[]=insightly", 2),
        ("hub=crm&keys[]=salesforce", 0),
        ("tags[]=insightly", 2),
        ("tags[]=insightly&tags[]=x", 0),
        ("status=SUCCESS", 2),
        ("status=failed", 1),
        ("searchText=CONTACTS", 2),
        ("searchText=%25", 0),
        ("searchText=pageSize%3D5", 1),
        ("from=2026-03-02T10:00:00Z", 3),
        ("to=2026-03-02T09:59:59Z", 0),
        ("pageOffset=2", 1),
    ],
)
def test_a_list_is_narrowed(send, refused, query, number):
    reply = send(f"?{query}")

    if number:
        assert len(decode(reply.body)) == number
    else:
        refused(reply, 404)


@pytest.mark.usefixtures("calls")
def test_a_list_comes_in_pages(send, usage):
    first = send("?pageSize=2")
    token = first.headers["elements-next-page-token"]
    rest = send(f"?pageSize=2&nextPage={token}")

    assert decode(first.body) + decode(rest.body) == usage()
    assert (first.headers["elements-total-count"], first.headers["elements-returned-count"]) == ("3", "2")
    assert "elements-next-page-token" not in rest.headers
    assert decode(send("?pageSize=2&pageOffset=1").body) == usage()[1:]


@pytest.mark.parametrize(
    "query",
    [
        "from=x",
        "to=%00",
        "from=2026-03-02&to=2026-03-01",
        "pageSize=0",
        "pageOffset=-1",
        "nextPage=x",
        "status=200",
    ],
)
def test_what_is_no_query_is_refused(send, refused, query):
    refused(send(f"?{query}"), 400)


def test_another_account_is_forbidden_and_ones_own_is_not(calls, usage, send, refused):
    own = usage()[0]["account_id"]

    assert calls
    refused(send("?accountIds[]=0"), 403)
    refused(send(f"?accountIds[]={own}&accountIds[]=x"), 403)
    assert usage(f"?accountIds[]={own}") == usage()


def test_seven_days_are_listed_and_thirty_kept(clients, instance, calls, usage, send, refused):
    assert instance
    clients.platform.send("PUT", f"{BASE_PATH}/instances/{instance['id']}/enabled")
    job = decode(clients.platform.send("GET", f"{BASE_PATH}/jobs").body)[0]
    clients.platform.send("PUT", f"{BASE_PATH}/jobs/{job['id']}/disable")
    number = len(usage())
    clients.clock.advance("7d")
    assert len(usage()) == number
    clients.clock.advance("1s")
    refused(send(), 404)
    assert len(usage("?from=2026-03-02T10:00:00Z")) == number
    request_id = calls[0].headers["elements-request-id"]

    clients.clock.advance("23d")

    refused(send("?from=2026-03-02T10:00:00Z"), 404)
    refused(send(f"/{request_id}"), 404)


def test_a_reset_forgets_calls_that_were_only_noted(clients, calls, send, refused):
    assert calls
    clients.reset()

    refused(send(), 404)


def test_another_workspaces_calls_are_not_shown(stack_in_process, calls, refused):
    other = stack_in_process.new_workspace()
    request_id = calls[0].headers["elements-request-id"]

    refused(other.platform.send("GET", f"{BASE_PATH}/usage"), 404)
    refused(other.platform.send("GET", f"{BASE_PATH}/usage/{request_id}"), 404)
    stack_in_process.delete_workspace(other.credentials.name)


def test_keys_and_an_empty_list_can_be_set(own_stack):
    environment = {
        "ELEMENTS_LOCAL_PLATFORM_USAGE_KEYS": "camelCase",
        "ELEMENTS_LOCAL_PLATFORM_EMPTY_USAGE": "list",
    }
    clients = own_stack(environment).workspace()
    assert clients.platform.call("GET", f"{BASE_PATH}/usage") == []
    clients.platform.send("GET", f"{BASE_PATH}/instances")

    (record,) = clients.platform.call("GET", f"{BASE_PATH}/usage")

    assert list(record)[:3] == ["id", "trafficDate", "userId"]
    assert (record["requestStatus"], record.get("elementKey")) == ("FAILED", None)


HOUR = "from=2026-03-02T09:30:00Z&to=2026-03-02T10:30:00Z&interval=hour"
AHEAD = "from=2030-01-01T00:00:00Z&to=2030-02-01T00:00:00Z"
KINDS = (
    "activity",
    "activity/elements",
    "activity/element-instances",
    "activity/formula-instances",
    "times",
    "statuses",
)


@pytest.mark.usefixtures("calls")
def test_calls_are_counted_over_time(usage):
    empty, full = usage(f"/analytics/activity?{HOUR}")

    assert empty == {"timestamp": "2026-03-02T09:00:00Z", "count": 0}
    assert full == {"timestamp": "2026-03-02T10:00:00Z", "count": 3}
    assert usage(f"/analytics/activity?{HOUR}&keys[]=insightly")[1]["count"] == 2


@pytest.mark.usefixtures("calls")
def test_calls_are_counted_by_element_by_status_and_by_their_time(usage):
    empty, full = {"timestamp": "2026-03-02T09:00:00Z"}, {"timestamp": "2026-03-02T10:00:00Z"}

    assert usage(f"/analytics/activity/elements?{HOUR}") == [
        empty | {"count": 0},
        full | {"count": 2, "insightly": 2},
    ]
    assert usage(f"/analytics/statuses?{HOUR}") == [
        empty | {"count": 0, "success": 0, "failed": 0},
        full | {"count": 3, "success": 2, "failed": 1},
    ]
    assert usage(f"/analytics/times?{HOUR}") == [
        empty | {"count": 0},
        full | {"count": 3, "min": 0, "max": 0, "avg": 0},
    ]


@pytest.mark.usefixtures("calls")
def test_calls_of_instances_are_listed_where_there_were_any_and_those_of_formulas_never(usage):
    instances = usage(f"/analytics/activity/element-instances?{HOUR}")

    assert instances == {"usage": [{"timestamp": "2026-03-02T10:00:00Z", "count": 2}]}
    assert usage(f"/analytics/activity/element-instances?{AHEAD}") == {"usage": []}
    assert usage(f"/analytics/activity/formula-instances?{HOUR}") == {"usage": []}


@pytest.mark.usefixtures("calls")
def test_instances_that_were_made_are_counted(usage, send, refused):
    path = "/analytics/activity/element-instances/created-count"

    assert usage(f"{path}?{HOUR}") == {"instancesCreatedCount": 1}
    assert usage(f"{path}?{AHEAD}") == {"instancesCreatedCount": 0}
    assert usage(f"/analytics/activity/formula-instances/created-count?{HOUR}") == {
        "instancesCreatedCount": 0
    }
    refused(send(f"{path}?from=2026-03-02&to=2026-03-01"), 400)
    refused(send(f"{path}?to=2026-03-01"), 400)


@pytest.mark.parametrize("kind", ["times", "statuses"])
def test_times_and_statuses_of_a_range_wholly_ahead_are_not_found(send, refused, kind):
    assert refused(send(f"/analytics/{kind}?{AHEAD}"), 404) == "No usage found"
    assert send(f"/analytics/{kind}?from=2026-03-02T10:00:00Z&to=2030-01-01").status == 200


@pytest.mark.parametrize("kind", KINDS)
def test_analytics_of_usage_refuse_what_those_of_events_do_and_a_range_without_its_ends(send, refused, kind):
    path = f"/analytics/{kind}"

    refused(send(f"{path}?from=2026-03-02&to=2026-03-01"), 400)
    refused(send(f"{path}?from=2026-03-01&to=2026-03-02&interval=second"), 400)
    refused(send(f"{path}?{HOUR}&accountIds[]=0"), 403)
    refused(send(f"{path}?{HOUR}", headers={"Authorization": ""}), 401)
    for range_ in ("", "from=2026-03-01", "to=2026-03-01"):
        refused(send(f"{path}?{range_}"), 400)


@pytest.mark.parametrize("kind", ["activity", "activity/elements", "times", "statuses"])
def test_how_wide_entries_are_follows_from_the_length_of_the_range(usage, kind):
    def timestamps(since):
        entries = usage(f"/analytics/{kind}?from={since}&to=2026-03-02T10:00:00Z")
        return [entry["timestamp"] for entry in entries]

    assert timestamps("2026-03-02T09:59:00Z")[1] == "2026-03-02T09:59:01Z"
    assert timestamps("2026-03-02T09:00:00Z")[1] == "2026-03-02T09:01:00Z"
    assert timestamps("2026-03-01T10:00:00Z")[1] == "2026-03-01T11:00:00Z"
    assert timestamps("2026-02-01T10:00:00Z")[1] == "2026-02-02T00:00:00Z"
    assert len(timestamps("1026-01-01")) == 1001
