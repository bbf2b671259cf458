"""What a poll asks for, what it makes of the answer, and how far it says it has come."""

import pytest
from rooms import Room

from elements_local.guide import instance_body
from elements_local.platform.polling.store import Polls

EVERYTHING = "/hubs/crm/contacts"


def windows(clients, resource="contacts"):
    return [(poll["from"][11:19], poll["at"][11:19]) for poll in clients.platform.polls(resource=resource)]


def test_each_poll_goes_on_where_the_one_before_began(clients, poll_contacts):
    clients.clock.advance("7m 30s")
    poll_contacts(clients)

    clients.clock.advance("1h")

    assert windows(clients) == [
        ("10:07:30", "10:22:30"),
        ("10:22:30", "10:37:30"),
        ("10:37:30", "10:52:30"),
        ("10:52:30", "11:07:30"),
    ]
    assert [poll["request"]["url"] for poll in clients.platform.polls()] == [
        f"/hubs/crm/contacts?where=updated_after_utc='2026-03-02%2010%3A{minute}%3A30'"
        for minute in ("07", "22", "37", "52")
    ]


FAULTS = {
    "the CRM fails": ("crm", {"status": 500}, 502, "502: "),
    "the hub hangs up": ("platform", {"drop": True}, None, "no answer: connection closed without an answer"),
    "the hub is cut off": ("platform", {"truncate": 1}, None, "no answer: connection closed after 1 of"),
    "the hub takes too long": ("platform", {"delay_s": 60}, None, "no answer: timed out after 30 s"),
    "the hub answers an object": ("platform", {"body": {}}, 200, "expected an array of records"),
    "the hub answers no JSON": ("platform", {"body": "x"}, 200, "Malformed JSON at line 1, column 1"),
    "the hub redirects": ("platform", {"status": 302, "headers": {"Location": "/"}}, 302, "302: "),
}


@pytest.mark.parametrize(("service", "effect", "status", "words"), FAULTS.values(), ids=FAULTS)
def test_a_poll_that_gets_no_list_says_why_reports_nothing_and_loses_nothing(
    *, clients, poll_contacts, events, service, effect, status, words
):
    instance = poll_contacts(clients)
    clients.clock.advance("1m")
    made = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    client = getattr(clients, service)
    client.call(
        "PUT", "/_local/faults", json={"faults": [{"match": {"path": "*/contacts*"}, "effect": effect}]}
    )

    clients.clock.advance("14m")
    (failed,) = clients.platform.polls()
    told_meanwhile = clients.sink.callbacks()
    client.call("DELETE", "/_local/faults")
    clients.clock.advance("15m")

    assert (failed["request"]["status"], failed["events"]) == (status, 0)
    assert failed["error"].startswith(words)
    assert told_meanwhile == []
    assert events(clients) == [("10:30:00", "CREATED", str(made["CONTACT_ID"]))]
    assert len(clients.platform.events(instance["id"])) == 1


def failing_leads(clients, *, times):
    effect = {"match": {"path": "*/leads*"}, "effect": {"status": 500}, "when": {"first_n": times}}
    clients.crm.script_faults([effect])


def test_failures_of_different_resources_are_counted_apart(own_stack):
    clients = own_stack(PLATFORM_POLL_FAILURE_LIMIT="3").workspace()
    clients.platform.create_instance(instance_body(clients.credentials))

    for path in ("*/leads*", "*/contacts*", "*/leads*", "*/contacts*"):
        clients.crm.script_faults([{"match": {"path": path}, "effect": {"status": 500}}])
        clients.clock.advance("15m")

    clients.crm.script_faults([])
    assert clients.clock.advance("15m")["polls"] == 4


def test_one_resource_switches_the_whole_poller_off_and_enabled_again_it_has_all_its_tries(own_stack):
    clients = own_stack(PLATFORM_POLL_FAILURE_LIMIT="2").workspace()
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    failing_leads(clients, times=3)

    assert clients.clock.advance("30m")["polls"] == 8
    assert clients.clock.advance("1h")["polls"] == 0
    clients.platform.call("PUT", f"/elements/api-v2/instances/{instance['id']}/enabled")

    assert clients.clock.advance("1h")["polls"] == 16


def test_other_changes_do_not_start_a_poller_that_was_switched_off(own_stack):
    clients = own_stack(PLATFORM_POLL_FAILURE_LIMIT="1").workspace()
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    failing_leads(clients, times=1)
    clients.clock.advance("15m")

    clients.platform.patch_instance(instance["id"], {"name": "Other"})
    clients.platform.call("DELETE", f"/elements/api-v2/instances/{instance['id']}/enabled")

    assert clients.clock.advance("1h")["polls"] == 0


@pytest.mark.assumed
def test_events_that_are_switched_off_and_on_start_a_poller_that_was_switched_off(own_stack):
    clients = own_stack(PLATFORM_POLL_FAILURE_LIMIT="1").workspace()
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    failing_leads(clients, times=1)
    clients.clock.advance("15m")

    for enabled in (False, True):
        clients.platform.patch_instance(
            instance["id"], {"configuration": {"event.notification.enabled": enabled}}
        )

    assert clients.clock.advance("15m")["polls"] == 4


def test_a_page_goes_on_while_one_of_its_records_is_later_than_the_last_poll(bench, found):
    workspace = bench.workspace()
    entry = {"contacts": {"url": EVERYTHING, "idField": "CONTACT_ID", "datesConfiguration": {
        "updatedDateField": "DATE_UPDATED_UTC", "updatedDateFormat": "yyyy-MM-dd HH:mm:ss"}}}  # fmt: skip
    bench.instance(workspace, configuration={"event.poller.configuration": entry})
    pages = {
        f"{EVERYTHING}?pageSize=20": found((1, -9, 5), (2, -9, -1), token="two"),
        f"{EVERYTHING}?pageSize=20&nextPage=two": found((3, -9, -1), (4, -9, 3), token="three"),
        f"{EVERYTHING}?pageSize=20&nextPage=three": found((5, -9, -2), (6, -9, 0), token="four"),
    }
    bench.wire.answer = lambda method, url, _: pages[url.partition("api-v2")[2]] if method == "GET" else None

    bench.engine.advance(workspace, workspace.clock.now().replace(minute=15))

    (poll,) = Room(bench.database, Polls, workspace.name).latest(limit=9)
    assert (poll.seen, poll.events, poll.error) == (6, 2, None)
    assert len(bench.wire.sent) == 4, "three pages, since the third is older throughout, and one callback"


@pytest.mark.parametrize("placeholder", [True, False])
def test_pages_that_lead_in_a_circle_end_the_poll_with_an_error(bench, found, placeholder):
    workspace = bench.workspace()
    where = "?where=updated_after_utc='${gmtDate:yyyy}'" if placeholder else ""
    entry = {"contacts": {"url": f"{EVERYTHING}{where}", "idField": "CONTACT_ID", "datesConfiguration": {
        "updatedDateField": "DATE_UPDATED_UTC", "updatedDateFormat": "yyyy-MM-dd HH:mm:ss"}}}  # fmt: skip
    bench.instance(workspace, configuration={"event.poller.configuration": entry})
    tokens = iter(["one", "two", "one", "two"] * 5)
    bench.wire.answer = lambda method, *_: found((1, -9, 5), token=next(tokens)) if method == "GET" else None

    ran = bench.engine.advance(workspace, workspace.clock.now().replace(minute=15)).ran

    (poll,) = Room(bench.database, Polls, workspace.name).latest(limit=9)
    assert poll.error == "the page token 'one' has come before"
    assert (ran.polls, ran.events, ran.attempts) == (1, 0, 0)
    assert len(bench.wire.sent) == 3
