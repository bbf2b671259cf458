"""``/_local/audit``: what an instance owed its receiver, held against what it got, through HTTP."""

from concurrent.futures import ThreadPoolExecutor

import pytest

FLAWS = ("late", "duplicate", "misclassified", "lost")
URL = "/hubs/crm/{}?where=updated_after_utc='${{gmtDate:yyyy-MM-dd HH:mm:ss}}'"
DATES = {
    "updatedDateField": "DATE_UPDATED_UTC",
    "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
    "createdDateField": "DATE_CREATED_UTC",
    "createdDateFormat": "yyyy-MM-dd HH:mm:ss",
}


def entry(resource, id_field, **more):
    return {"url": URL.format(resource), "idField": id_field, "datesConfiguration": DATES, **more}


def polling(resources, **more):
    return {"event.poller.configuration": resources, **more}


def lines(audit, kind):
    return [f"{found['resource']}/{found['recordId']} {found['change']}" for found in audit[kind]]


def flaws(audit):
    return {kind: lines(audit, kind) for kind in FLAWS if audit[kind]}


@pytest.fixture
def audit(clients, instance):
    return lambda: clients.platform.audit(instance["id"])


@pytest.fixture
def ada(clients, instance):  # noqa: ARG001 - it has to be there first
    clients.clock.advance("1m")
    return str(clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"])


NOTES = [
    pytest.param(
        {"event.notification.enabled": False},
        [
            "events are off: nothing is polled until event.notification.enabled is true",
            "1 changes of contacts were logged, and the instance does not poll them",
        ],
        id="events off",
    ),
    pytest.param(
        {"event.vendor.type": "webhook"},
        [
            "nothing is polled: event.vendor.type is webhook",
            "1 changes of contacts were logged, and the instance does not poll them",
        ],
        id="no polling",
    ),
    pytest.param(
        {"event.poller.refresh_interval": 45},
        [
            (
                "contacts: not polled since events were enabled, 2026-03-02T10:00:00Z: "
                "polls come every 45 min, and it is 2026-03-02T10:31:00Z"
            )
        ],
        id="the interval is longer than what was advanced",
    ),
    pytest.param(
        polling({"leads": {}}),
        ["1 changes of contacts were logged, and the instance does not poll them"],
        id="another resource is polled",
    ),
    pytest.param(
        polling({"people": {}}),
        [
            "people is not polled: no block with a url is configured for it, or it is not among those chosen",
            "no resource is polled: see event.poller.configuration",
            "1 changes of contacts were logged, and the instance does not poll them",
        ],
        id="a block without a url",
    ),
    pytest.param(
        polling({"contacts": entry("contacts", "CONTACT_ID") | {"url": "/hubs/crm/contacts/1/notes"}}),
        [
            "what is owed for contacts is not known: its url leads to no collection of the CRM's as a whole",
            "contacts: each of its 2 polls has failed, the last at 2026-03-02T10:30:00Z: 404",
            "1 changes of contacts were logged, and the instance does not poll them",
        ],
        id="no collection as a whole",
    ),
    pytest.param(
        polling({"contacts": entry("contacts", "CONTACT_ID") | {"url": "/hubs/crm/contcats"}}),
        [
            "contacts: each of its 2 polls has failed, the last at 2026-03-02T10:30:00Z: 404",
            "1 changes of contacts were logged, and the instance does not poll them",
        ],
        id="every poll has failed",
    ),
]


@pytest.mark.parametrize(("configuration", "notes"), NOTES)
def test_an_audit_of_zeros_says_why_there_is_nothing_in_it(clients, make_instance, configuration, notes):
    contacts = polling({"contacts": entry("contacts", "CONTACT_ID")})
    made = make_instance(contacts | configuration)
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("30m")

    audit = clients.platform.audit(made["id"])

    assert {key: audit[key] for key in ("owed", "delivered", "reported", *FLAWS)} == {
        "owed": 0, "delivered": 0, "reported": [], "late": [], "duplicate": [], "misclassified": [], "lost": [],
    }  # fmt: skip
    assert [note.partition(": {")[0] for note in audit["notes"]] == notes


def test_a_page_has_the_latest_findings_and_counts_are_of_all(clients, instance, audit):
    for minutes in (1, 15, 15):
        clients.clock.advance(f"{minutes}m")
        number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")
    clients.crm.delete("Contacts", number)
    clients.clock.advance("15m")
    whole = audit()
    counts = {"reported": 3, "late": 0, "duplicate": 0, "misclassified": 0, "lost": 1}
    assert clients.platform.audit_counts() == [
        {"instanceId": instance["id"], "owed": 4, "delivered": 3, "counts": counts}
    ]
    path = f"/_local/audit?instanceId={instance['id']}&limit=2"

    first = clients.platform.call("GET", path)
    second = clients.platform.call("GET", first["next"])
    of_one_list = clients.platform.call("GET", f"{path}&verdict=reported&before=2")

    assert (first["total"], first["counts"], first["owed"]) == (4, counts, 4)
    assert (second["next"], second["counts"], second["notes"]) == (None, counts, whole["notes"])
    assert (first["lost"], second["lost"]) == (whole["lost"], [])
    assert second["reported"] + first["reported"] == whole["reported"]
    assert (of_one_list["total"], of_one_list["reported"]) == (3, whole["reported"][:2])


def test_who_asks_at_once_is_answered_alike(clients, instance, ada):  # noqa: ARG001
    clients.clock.advance("15m")
    with ThreadPoolExecutor(4) as pool:
        audits = [pool.submit(clients.platform.audit, instance["id"]) for _ in range(8)]
        counts = [pool.submit(clients.platform.audit_counts) for _ in range(8)]

    found = [each.result() for each in audits]
    assert [len(each["reported"]) for each in found] == [1] * 8
    assert all(each == found[0] for each in found)
    assert {each.result()[0]["counts"]["reported"] for each in counts} == {1}


def test_an_audit_changes_nothing_and_leaves_no_trace_in_any_journal(clients, audit, ada, unchanged):  # noqa: ARG001
    clients.clock.advance("15m")
    before = clients.crm.call("GET", "/_local/journal")["count"]

    with unchanged():
        audit()

    assert clients.crm.call("GET", "/_local/journal")["count"] == before


@pytest.mark.parametrize(
    ("resource", "collection", "id_field", "fields"),
    [
        ("accounts", "Organisations", "ORGANISATION_ID", {"ORGANISATION_NAME": "Acme"}),
        ("leads", "Leads", "LEAD_ID", {"LAST_NAME": "Babbage"}),
        ("opportunities", "Opportunities", "OPPORTUNITY_ID", {"OPPORTUNITY_NAME": "O"}),
        ("Projects", "Projects", "PROJECT_ID", {"PROJECT_NAME": "P", "STATUS": "NOT STARTED"}),
        ("tasks", "Tasks", "TASK_ID", {"TITLE": "T"}),
    ],
)
def test_each_resource_is_held_against_its_own_collection(
    clients, make_instance, resource, collection, id_field, fields
):
    made = make_instance(polling({resource: entry(resource, id_field)}))
    clients.clock.advance("1m")
    record = clients.crm.create(collection, fields)
    clients.crm.create("Contacts", {"FIRST_NAME": "Nobody polls her"})
    clients.clock.advance("15m")
    clients.crm.delete(collection, record[id_field])
    clients.clock.advance("15m")

    audit = clients.platform.audit(made["id"])

    assert lines(audit, "reported") == [f"{resource}/{record[id_field]} CREATED"]
    assert flaws(audit) == {"lost": [f"{resource}/{record[id_field]} DELETED"]}


def test_a_mapped_object_with_a_mapped_id_owes_the_events_of_the_providers(clients, make_instance):
    dates = DATES | {"updatedDateField": "updated", "createdDateField": "created"}
    people = entry("people", "key") | {"url": "/people", "datesConfiguration": dates}
    made = make_instance(polling({"people": people}))
    path = f"/elements/api-v2/instances/{made['id']}"
    paths = {"key": "CONTACT_ID", "updated": "DATE_UPDATED_UTC", "created": "DATE_CREATED_UTC"}
    clients.platform.call(
        "POST", f"{path}/objects/people/definitions", json={"fields": [{"path": one} for one in paths]}
    )
    fields = [{"path": own, "vendorPath": theirs} for own, theirs in paths.items()]
    clients.platform.call(
        "POST", f"{path}/transformations/people", json={"vendorName": "contacts", "fields": fields}
    )
    clients.clock.advance("1m")
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")

    assert lines(clients.platform.audit(made["id"]), "reported") == [f"people/{number} CREATED"]


def test_what_is_no_collection_as_a_whole_owes_nothing(clients, make_instance):
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    made = make_instance(
        polling({"notes": entry("contacts", "NOTE_ID") | {"url": f"/contacts/{number}/notes"}})
    )
    clients.clock.advance("1m")
    clients.crm.call("POST", f"/v3.1/Contacts/{number}/Notes", json={"TITLE": "Called"})
    clients.clock.advance("15m")

    assert clients.platform.audit(made["id"])["owed"] == 0


def test_each_instance_is_audited_by_itself(clients, make_instance):
    quick, slow = make_instance({"event.poller.refresh_interval": 1}), make_instance()
    clients.clock.advance("30s")
    number = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("1m")
    clients.crm.update("Contacts", number, {"FIRST_NAME": "Augusta"})
    clients.clock.advance("15m")

    by_minute, by_quarter = clients.platform.audit(quick["id"]), clients.platform.audit(slow["id"])

    assert lines(by_minute, "reported") == [f"contacts/{number} CREATED", f"contacts/{number} UPDATED"]
    assert flaws(by_quarter) == {"misclassified": [f"contacts/{number} CREATED"]}


def test_what_is_due_while_a_disabled_instance_pauses_is_not_owed_before_it_polls_again(
    clients, instance, audit
):
    path = f"/elements/api-v2/instances/{instance['id']}/enabled"
    clients.platform.call("DELETE", path)
    clients.clock.advance("1m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("1h")

    assert audit()["owed"] == 0
    clients.platform.call("PUT", path)
    clients.clock.advance("15m")

    assert (audit()["owed"], flaws(audit())) == (1, {})


def test_a_resource_that_is_polled_no_more_owes_what_its_polls_could_see(clients, instance, ada):
    clients.crm.script_faults([{"match": {"path": "*/contacts*"}, "effect": {"status": 503}}])
    clients.clock.advance("15m")
    clients.crm.script_faults([])
    clients.platform.patch_instance(instance["id"], {"configuration": polling({"leads": {}})})
    clients.clock.advance("15m")
    clients.crm.update("Contacts", int(ada), {"FIRST_NAME": "Augusta"})
    clients.clock.advance("1h")

    audit = clients.platform.audit(instance["id"])

    (lost,) = audit["lost"]
    assert (audit["owed"], lost["change"]) == (1, "CREATED")
    assert lost["why"].endswith("failed: 502: Insightly answered 503; no poll is to come")


def test_what_changed_in_the_interval_in_which_a_resource_was_taken_out_is_lost_with_it(
    clients, instance, ada
):
    clients.clock.advance("15m")
    clients.crm.update("Contacts", int(ada), {"FIRST_NAME": "Augusta"})
    clients.platform.patch_instance(instance["id"], {"configuration": polling({"leads": {}})})
    clients.clock.advance("13m")

    assert clients.platform.audit(instance["id"])["lost"] == []
    clients.clock.advance("1m")

    assert lines(clients.platform.audit(instance["id"]), "lost") == [f"contacts/{ada} UPDATED"]


def test_an_interval_that_is_changed_before_it_passes_owes_its_poll(clients, instance, audit, ada):
    for minutes in (20, 15, 20):
        clients.clock.advance("10m")
        interval = {"event.poller.refresh_interval": minutes}
        clients.platform.patch_instance(instance["id"], {"configuration": interval})

    (late,) = audit()["late"]

    assert late["recordId"] == ada
    assert late["why"].endswith("it is 2026-03-02T10:31:00Z, and the next poll is at 2026-03-02T10:51:00Z")


def test_a_poller_that_was_switched_off_says_by_which_failure(stack_set_to, make_body):
    stack = stack_set_to({"ELEMENTS_LOCAL_PLATFORM_POLL_FAILURE_LIMIT": "2"})
    clients = stack.new_workspace()
    made = clients.platform.create_instance(make_body(clients))
    clients.crm.script_faults([{"match": {"path": "*/leads*"}, "effect": {"status": 503}}])
    clients.clock.advance("31m")
    clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    clients.clock.advance("15m")

    (lost,) = clients.platform.audit(made["id"])["lost"]

    assert lost["why"] == (
        "the poller was switched off, as too many polls in a row had failed; the last of leads failed: 502: Insightly "
        "answered 503; enabling the instance starts it again"
    )


def test_an_instance_whose_key_is_wrong_by_now_is_audited_with_the_workspaces_own(
    clients, instance, audit, ada, body_of
):
    path = f"/elements/api-v2/instances/{instance['id']}?reAuthenticate=false"
    clients.platform.call("PUT", path, json=body_of({"password": "revoked"}))
    clients.clock.advance("15m")

    (late,) = audit()["late"]

    assert late["recordId"] == ada
    assert "Insightly answered 401" in late["why"]


@pytest.mark.parametrize(
    ("url", "why"), [("", "was taken away"), ("http://127.0.0.1:4702/elsewhere", "was changed to")]
)
def test_what_was_to_be_tried_again_is_lost_once_its_subscription_is_gone(
    clients, instance, audit, ada, url, why
):
    clients.sink.respond({"status": 503, "times": 9})
    clients.clock.advance("15m")
    assert audit()["late"][0]["why"].endswith("; the next try is at 2026-03-02T10:16:04Z")

    to_url = {"event.notification.callback.url": url}
    clients.platform.patch_instance(instance["id"], {"configuration": to_url})

    (lost,) = audit()["lost"]
    assert lost["recordId"] == ada
    assert f"before the next try event.notification.callback.url {why}" in lost["why"]


@pytest.fixture
def foreign(make_instance, httpserver):
    """An instance of a CRM that is not this stack's."""
    httpserver.expect_request("/v2.2/Users/Me").respond_with_json({"USER_ID": 1})
    return make_instance({"base.url": httpserver.url_for("/v2.2")})


def test_an_instance_of_another_crm_is_refused_with_what_is_missing(clients, foreign, httpserver, refused):
    httpserver.expect_request("/_local/changes").respond_with_data("", status=404)

    message = refused(clients.platform.send("GET", f"/_local/audit?instanceId={foreign['id']}"), 409)

    assert "an audit needs the log of changes that the CRM of this stack keeps" in message


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (500, "down", "answered 500: down"),
        (200, "[]", "answered something else than a log of changes"),
        (200, "<html>", "answered something else than a log of changes"),
        (200, b'{"changes": [{"resource": "\xff"}]}', "answered something else than a log of changes"),
        (200, '{"changes": [{"seq": 1}]}', "answered something else than a log of changes"),
    ],
)
def test_a_log_that_cannot_be_had_is_said(clients, foreign, httpserver, refused, status, body, said):
    httpserver.expect_request("/_local/changes").respond_with_data(body, status=status)

    assert said in refused(clients.platform.send("GET", f"/_local/audit?instanceId={foreign['id']}"), 502)


def test_another_crm_that_keeps_such_a_log_is_audited_by_all_its_pages(clients, foreign, httpserver):
    since = {"since": "2026-03-02T10:00:00Z"}
    at = "2026-03-02T10:05:00Z"
    pages = [
        (since, 7),
        (since | {"after": "7"}, 8),
        (since | {"after": "8"}, None),
    ]
    for query, seq in pages:
        entry = {"resource": "Contacts", "change": "CREATED", "at": at, "updated": at, "created": at}
        found = [entry | {"seq": seq, "recordId": str(seq)}] if seq else []
        page = {"changes": found, "next": "there is always a next page"}
        httpserver.expect_request("/_local/changes", query_string=query).respond_with_json(page)
    clients.clock.advance("15m")

    audit = clients.platform.audit(foreign["id"])

    assert (audit["owed"], [each["recordId"] for each in audit["late"]]) == (2, ["7", "8"])
