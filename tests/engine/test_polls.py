"""What a poll asks for, what it makes of the answer, and how far it says it has come."""

import pytest
from rooms import Room

from elements_local.guide import instance_body
from elements_local.platform.polling.store import Polls

EVERYTHING = "/hubs/crm/contacts"


def windows(clients, resource="contacts"):
    return [(poll["from"][11:19], poll["at"][11:19]) for poll in clients.platform.polls(resource=resource)]


def lines(*fields):
    return "|".join(fields)


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


def test_nothing_from_before_the_instance_is_reported(clients_with_ties, poll_contacts, events):
    clients = clients_with_ties
    clients.crm.create("Contacts", {"FIRST_NAME": "Before"})
    clients.clock.advance("1m")
    poll_contacts(clients)
    at_the_baseline = clients.crm.create("Contacts", {"FIRST_NAME": "At"})
    clients.clock.advance("1s")
    after = clients.crm.create("Contacts", {"FIRST_NAME": "After"})

    clients.clock.advance("1h")

    assert events(clients) == [("10:16:00", "CREATED", str(after["CONTACT_ID"]))]
    assert at_the_baseline["DATE_UPDATED_UTC"] == "2026-03-02 10:01:00"


def test_a_resource_that_fails_asks_again_for_the_same_stretch_while_the_others_go_on(clients, events):
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.clock.advance("1m")
    lead = clients.crm.create("Leads", {"LAST_NAME": "Babbage"})
    contact = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.crm.script_faults(
        [{"match": {"path": "*/leads*"}, "effect": {"status": 503}, "when": {"first_n": 2}}]
    )

    clients.clock.advance("1h")

    assert windows(clients, "leads") == [
        ("10:00:00", "10:15:00"),
        ("10:00:00", "10:30:00"),
        ("10:00:00", "10:45:00"),
        ("10:45:00", "11:00:00"),
    ]
    assert [start for start, _ in windows(clients, "contacts")] == [
        "10:00:00",
        "10:15:00",
        "10:30:00",
        "10:45:00",
    ]
    assert events(clients) == [
        ("10:15:00", "CREATED", str(contact["CONTACT_ID"])),
        ("10:45:00", "CREATED", str(lead["LEAD_ID"])),
    ]


FAULTS = {
    "the CRM fails": ("crm", {"status": 500}, 502, "502: "),
    "the CRM hangs up": ("crm", {"drop": True}, 502, "502: "),
    "the CRM answers nonsense": ("crm", {"body": "<html>"}, 502, "502: "),
    "the CRM wants no more calls": ("crm", {"status": 429}, 429, "429: "),
    "the CRM knows the key no more": ("crm", {"status": 401}, 401, "401: "),
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


def test_a_failure_on_a_later_page_reports_nothing_of_the_pages_before(clients, poll_contacts, events):
    poll_contacts(clients, pageSize=2)
    clients.clock.advance("1m")
    for number in range(5):
        clients.crm.create("Contacts", {"FIRST_NAME": f"n{number}"})
    clients.crm.script_faults(
        [{"match": {"path": "*/contacts/*"}, "effect": {"status": 500}, "when": {"every_n": 3}}]
    )

    clients.clock.advance("14m")
    told_meanwhile = clients.sink.callbacks()
    clients.crm.script_faults([])
    clients.clock.advance("15m")

    failed, succeeded = clients.platform.polls()
    assert told_meanwhile == []
    assert (failed["seen"], failed["events"], failed["request"]["status"]) == (4, 0, 502)
    assert (succeeded["seen"], succeeded["events"], succeeded["error"]) == (5, 5, None)
    assert len(events(clients)) == 5


def failing_leads(clients, *, times):
    effect = {"match": {"path": "*/leads*"}, "effect": {"status": 500}, "when": {"first_n": times}}
    clients.crm.script_faults([effect])


def test_a_poller_is_switched_off_as_a_whole_by_one_resource_that_fails_too_often_in_a_row(own_stack):
    clients = own_stack(PLATFORM_POLL_FAILURE_LIMIT="3").workspace()
    clients.platform.create_instance(instance_body(clients.credentials))
    failing_leads(clients, times=3)

    before = clients.clock.advance("45m")
    after = clients.clock.advance("10h")

    assert (before["polls"], after["polls"]) == (12, 0)


def test_a_success_in_between_starts_the_count_anew(own_stack):
    clients = own_stack(PLATFORM_POLL_FAILURE_LIMIT="3").workspace()
    clients.platform.create_instance(instance_body(clients.credentials))

    for _ in range(3):
        failing_leads(clients, times=2)
        clients.clock.advance("45m")

    assert clients.clock.advance("1h")["polls"] == 16


def test_failures_of_different_resources_are_counted_apart(own_stack):
    clients = own_stack(PLATFORM_POLL_FAILURE_LIMIT="3").workspace()
    clients.platform.create_instance(instance_body(clients.credentials))

    for path in ("*/leads*", "*/contacts*", "*/leads*", "*/contacts*"):
        clients.crm.script_faults([{"match": {"path": path}, "effect": {"status": 500}}])
        clients.clock.advance("15m")

    clients.crm.script_faults([])
    assert clients.clock.advance("15m")["polls"] == 4


def test_a_poller_that_is_enabled_again_goes_on_where_it_had_come_to_and_loses_nothing(own_stack, events):
    clients = own_stack(PLATFORM_POLL_FAILURE_LIMIT="2").workspace()
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    clients.clock.advance("1m")
    made = clients.crm.create("Leads", {"LAST_NAME": "Babbage"})
    clients.crm.script_faults([{"effect": {"status": 500}}])
    clients.clock.advance("3h")
    clients.crm.script_faults([])
    contact = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.platform.call("PUT", f"/elements/api-v2/instances/{instance['id']}/enabled")
    at_once = clients.sink.callbacks()
    clients.clock.advance("15m")

    assert at_once == []
    assert windows(clients, "leads") == [
        ("10:00:00", "10:15:00"),
        ("10:00:00", "10:30:00"),
        ("10:00:00", "13:16:00"),
    ]
    assert sorted(events(clients)) == sorted(
        [
            ("13:16:00", "CREATED", str(made["LEAD_ID"])),
            ("13:16:00", "CREATED", str(contact["CONTACT_ID"])),
        ]
    )


def test_a_poller_that_is_enabled_again_has_all_its_tries_again(own_stack):
    clients = own_stack(PLATFORM_POLL_FAILURE_LIMIT="2").workspace()
    instance = clients.platform.create_instance(instance_body(clients.credentials))
    failing_leads(clients, times=3)
    clients.clock.advance("30m")

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


def test_a_poll_reads_page_after_page_and_reports_them_together(clients, poll_contacts, events):
    poll_contacts(clients, pageSize=2)
    clients.clock.advance("1m")
    made = [clients.crm.create("Contacts", {"FIRST_NAME": f"n{number}"})["CONTACT_ID"] for number in range(5)]

    clients.clock.advance("14m")

    (poll,) = clients.platform.polls()
    (callback,) = clients.sink.callbacks()
    journal = clients.platform.call("GET", "/_local/journal?q=pageSize")["exchanges"]
    asked = [
        each["target"].partition("&pageSize=2")[1:] for each in reversed(journal) if each["method"] == "GET"
    ]
    assert [number for _, _, number in events(clients)] == [str(number) for number in made]
    assert (poll["seen"], poll["events"], poll["request"]["url"].endswith("&pageSize=2")) == (5, 5, True)
    assert len(callback["json"]["message"]["raw"]["contacts"]) == 5
    assert [(found, "&nextPage=" in rest) for found, rest in asked] == [
        ("&pageSize=2", False),
        ("&pageSize=2", True),
        ("&pageSize=2", True),
    ]


def test_without_a_placeholder_no_page_is_asked_for_after_one_that_is_older_throughout(
    clients, poll_contacts, events
):
    """The CRM lists the oldest first: small pages hide what is new, which the vendor's tip to use them passes over."""
    for number in range(6):
        clients.crm.create("Contacts", {"FIRST_NAME": f"old{number}"})
    clients.clock.advance("1m")
    poll_contacts(clients, url=EVERYTHING, pageSize=2)
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "new"})

    clients.clock.advance("14m")

    (poll,) = clients.platform.polls()
    assert (poll["request"]["url"], poll["seen"], poll["events"]) == (f"{EVERYTHING}?pageSize=2", 2, 0)
    assert events(clients) == []


def test_without_a_placeholder_every_record_is_seen_and_only_later_ones_count(clients, poll_contacts, events):
    clients.crm.create("Contacts", {"FIRST_NAME": "Old"})
    clients.clock.advance("1m")
    poll_contacts(clients, url=EVERYTHING)
    clients.clock.advance("1m")
    made = clients.crm.create("Contacts", {"FIRST_NAME": "New"})

    clients.clock.advance("1h")

    assert [(poll["seen"], poll["events"]) for poll in clients.platform.polls()] == [
        (2, 1),
        (2, 0),
        (2, 0),
        (2, 0),
    ]
    assert events(clients) == [("10:16:00", "CREATED", str(made["CONTACT_ID"]))]


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


SELECTIONS = {
    "the whole default configuration": ({}, ["contacts", "accounts", "leads", "opportunities"]),
    "names between bars": ({"event.poller.urls": "leads|contacts"}, ["leads", "contacts"]),
    "names in lines": ({"event.poller.urls": "leads\ncontacts\n"}, ["leads", "contacts"]),
    "names between commas": ({"event.objects": "opportunities, accounts"}, ["opportunities", "accounts"]),
    "URLs before objects": ({"event.poller.urls": "leads", "event.objects": "contacts"}, ["leads"]),
    "lines with all fields": (
        {
            "event.poller.urls": "\n".join(
                lines(
                    name,
                    f"/hubs/crm/{name}?where=updated_after_utc='${{gmtDate:yyyy-MM-dd HH:mm:ss}}'",
                    "",
                    "DATE_UPDATED_UTC",
                    "yyyy-MM-dd HH:mm:ss",
                    "GMT",
                    "DATE_CREATED_UTC",
                    "yyyy-MM-dd HH:mm:ss",
                    "GMT",
                )
                for name in ("contacts", "leads")
            )
        },
        ["contacts", "leads"],
    ),
    "a configuration without resources": ({"event.poller.configuration": "{}"}, []),
    "an empty resource": ({"event.poller.configuration": {"leads": {}}}, ["leads"]),
    "an empty resource that the element has no entry for": (
        {"event.poller.configuration": {"carrots": {}}},
        [],
    ),
}


@pytest.mark.parametrize(("configuration", "polled"), SELECTIONS.values(), ids=SELECTIONS)
def test_what_is_polled_is_chosen_by_configuration_by_lines_or_by_names(clients, configuration, polled):
    body = instance_body(clients.credentials)
    if "event.poller.configuration" not in configuration:
        del body["configuration"]["event.poller.configuration"]
    body["configuration"] |= configuration
    clients.platform.create_instance(body)
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.crm.create("Leads", {"LAST_NAME": "Babbage"})

    clients.clock.advance("14m")

    assert [poll["resource"] for poll in clients.platform.polls()] == polled
    told = {callback["json"]["message"]["events"][0]["objectType"] for callback in clients.sink.callbacks()}
    assert told == {"contacts", "leads"} & set(polled)


def test_an_empty_resource_may_mean_nothing(own_stack):
    clients = own_stack(PLATFORM_EMPTY_BLOCK="skip").workspace()
    clients.platform.create_instance(instance_body(clients.credentials))

    clients.clock.advance("15m")

    assert [poll["resource"] for poll in clients.platform.polls()] == ["contacts", "accounts"]


@pytest.mark.parametrize(
    ("held_back", "told"),
    [(False, [("10:15:00", "UPDATED"), ("10:30:00", "UPDATED")]), ("true", [("10:30:00", "UPDATED")])],
)
def test_a_record_dated_after_the_polls_start_can_be_held_back_for_the_next(
    own_stack, poll_contacts, events, held_back, told
):
    clients = own_stack(CRM_UPDATED_LATER_S="60").workspace()
    poll_contacts(clients, filterByCurrentDate=held_back)
    clients.clock.advance("14m 30s")
    made = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})

    clients.clock.advance("1h")

    assert made["DATE_UPDATED_UTC"] == "2026-03-02 10:15:30"
    assert [(at, change) for at, change, _ in events(clients)] == told


def test_with_the_created_date_alone_only_new_records_are_reported(clients, poll_contacts, events):
    old = clients.crm.create("Contacts", {"FIRST_NAME": "Old"})
    poll_contacts(clients, filterByUpdatedDate="false", url=EVERYTHING)
    clients.clock.advance("1m")
    clients.crm.update("Contacts", old["CONTACT_ID"], {"FIRST_NAME": "Changed"})
    new = clients.crm.create("Contacts", {"FIRST_NAME": "New"})
    clients.clock.advance("5m")
    clients.crm.update("Contacts", new["CONTACT_ID"], {"FIRST_NAME": "Newer"})

    clients.clock.advance("1h")

    assert events(clients) == [("10:15:00", "CREATED", str(new["CONTACT_ID"]))]


def test_a_delay_looks_back_and_repeats_what_lies_in_it(clients, poll_contacts, events):
    poll_contacts(clients, pollDelay=60)
    clients.clock.advance("14m")
    early = clients.crm.create("Contacts", {"FIRST_NAME": "Early"})
    clients.clock.advance("1s")
    late = clients.crm.create("Contacts", {"FIRST_NAME": "Late"})

    clients.clock.advance("1h")

    assert events(clients) == [
        ("10:15:00", "CREATED", str(early["CONTACT_ID"])),
        ("10:15:00", "CREATED", str(late["CONTACT_ID"])),
        ("10:30:00", "CREATED", str(late["CONTACT_ID"])),
    ]
    assert windows(clients)[:2] == [("09:59:00", "10:15:00"), ("10:14:00", "10:30:00")]


@pytest.mark.parametrize(
    ("tolerance", "seconds", "change"),
    [
        (None, 0, "CREATED"),
        (None, 1, "UPDATED"),
        (0, 1, "UPDATED"),
        (5, 5, "CREATED"),
        ("5", 6, "UPDATED"),
    ],
)
def test_a_record_counts_as_created_while_its_dates_are_no_further_apart_than_the_tolerance(
    *, clients, poll_contacts, events, tolerance, seconds, change
):
    poll_contacts(clients, **({} if tolerance is None else {"createdCheckTolerance": tolerance}))
    clients.clock.advance("1m")
    made = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance(seconds)
    clients.crm.update("Contacts", made["CONTACT_ID"], {"FIRST_NAME": "Augusta"})

    clients.clock.advance("30m")

    assert [(kind, number) for _, kind, number in events(clients)] == [(change, str(made["CONTACT_ID"]))]


def test_the_platforms_own_tolerance_holds_where_a_resource_names_none(own_stack, poll_contacts, events):
    clients = own_stack(PLATFORM_CREATED_CHECK_TOLERANCE="10").workspace()
    poll_contacts(clients)
    clients.clock.advance("1m")
    made = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance(10)
    clients.crm.update("Contacts", made["CONTACT_ID"], {"FIRST_NAME": "Augusta"})

    clients.clock.advance("30m")

    assert [kind for _, kind, _ in events(clients)] == ["CREATED"]


def test_a_deletion_is_never_reported(clients, poll_contacts, events):
    poll_contacts(clients)
    clients.clock.advance("1m")
    gone_before = clients.crm.create("Contacts", {"FIRST_NAME": "Gone"})
    gone_after = clients.crm.create("Contacts", {"FIRST_NAME": "Going"})
    clients.crm.delete("Contacts", gone_before["CONTACT_ID"])
    clients.clock.advance("15m")
    clients.crm.delete("Contacts", gone_after["CONTACT_ID"])

    clients.clock.advance("1h")

    assert events(clients) == [("10:15:00", "CREATED", str(gone_after["CONTACT_ID"]))]


def test_more_than_ten_changes_are_told_by_tens_each_time_with_all_records(clients, poll_contacts):
    instance = poll_contacts(clients)
    clients.clock.advance("1m")
    made = [
        clients.crm.create("Contacts", {"FIRST_NAME": f"n{number}"})["CONTACT_ID"] for number in range(23)
    ]

    ran = clients.clock.advance("14m")

    messages = [callback["json"]["message"] for callback in clients.sink.callbacks()]
    ids = [int(callback["json"]["id"]) for callback in clients.sink.callbacks()]
    assert (ran["events"], ran["deliveries"]) == (23, 3)
    assert [len(message["events"]) for message in messages] == [10, 10, 3]
    assert [event["objectId"] for message in messages for event in message["events"]] == [
        str(n) for n in made
    ]
    assert [len(message["raw"]["contacts"]) for message in messages] == [23, 23, 23]
    assert len({message["eventId"] for message in messages}) == 3
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    assert len(clients.platform.events(instance["id"])) == 3


def test_a_resource_that_is_added_later_starts_then_and_one_that_is_left_out_is_forgotten(
    clients, poll_contacts, events
):
    instance = poll_contacts(clients)
    clients.clock.advance("10m")
    clients.crm.create("Leads", {"LAST_NAME": "Before"})

    clients.platform.patch_instance(
        instance["id"], {"configuration": {"event.poller.configuration": {"leads": {}}}}
    )
    clients.clock.advance("1m")
    lead = clients.crm.create("Leads", {"LAST_NAME": "After"})
    clients.crm.create("Contacts", {"FIRST_NAME": "Unseen"})
    clients.clock.advance("4m")
    clients.platform.patch_instance(
        instance["id"], {"configuration": {"event.poller.configuration": {"contacts": {}, "leads": {}}}}
    )
    clients.clock.advance("15m")

    assert windows(clients, "leads") == [("10:10:00", "10:15:00"), ("10:15:00", "10:30:00")]
    assert windows(clients, "contacts") == [("10:15:00", "10:30:00")]
    assert events(clients) == [("10:15:00", "CREATED", str(lead["LEAD_ID"]))]


def test_a_new_interval_counts_from_the_moment_it_is_set_and_other_changes_keep_the_pace(
    clients, poll_contacts
):
    instance = poll_contacts(clients)
    clients.clock.advance("10m")
    clients.platform.patch_instance(instance["id"], {"name": "Other"})
    clients.clock.advance("10m")
    clients.platform.patch_instance(instance["id"], {"configuration": {"event.poller.refresh_interval": "2"}})
    clients.clock.advance("4m")

    assert [at for _, at in windows(clients)] == ["10:15:00", "10:22:00", "10:24:00"]


def test_events_that_are_switched_on_again_start_from_that_moment(clients, poll_contacts, events):
    instance = poll_contacts(clients)
    clients.platform.patch_instance(instance["id"], {"configuration": {"event.notification.enabled": False}})
    clients.clock.advance("1h")
    clients.crm.create("Contacts", {"FIRST_NAME": "Meanwhile"})
    silent = clients.platform.polls()

    clients.clock.advance("1m")
    clients.platform.patch_instance(instance["id"], {"configuration": {"event.notification.enabled": True}})
    clients.clock.advance("1m")
    made = clients.crm.create("Contacts", {"FIRST_NAME": "After"})
    clients.clock.advance("15m")

    assert silent == []
    assert windows(clients) == [("11:01:00", "11:16:00")]
    assert events(clients) == [("11:16:00", "CREATED", str(made["CONTACT_ID"]))]
