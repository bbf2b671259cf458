"""``/_local/audit``: asked by several at once, and of instances whose CRM is not this stack's."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from elements_local.clients.guide import instance_body

URL = "/hubs/crm/{}?where=updated_after_utc='${{gmtDate:yyyy-MM-dd HH:mm:ss}}'"
DATES = {
    "updatedDateField": "DATE_UPDATED_UTC",
    "updatedDateFormat": "yyyy-MM-dd HH:mm:ss",
    "createdDateField": "DATE_CREATED_UTC",
    "createdDateFormat": "yyyy-MM-dd HH:mm:ss",
}


def entry(resource, id_field, **more):
    return {"url": URL.format(resource), "idField": id_field, "datesConfiguration": DATES, **more}


@pytest.fixture
def ada(clients, instance):  # noqa: ARG001 - it has to be there first
    clients.clock.advance("1m")
    return str(clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"])


def test_who_asks_at_once_is_answered_alike(clients, instance, ada):  # noqa: ARG001
    clients.clock.advance("15m")
    with ThreadPoolExecutor(4) as pool:
        audits = [pool.submit(clients.platform.audit, instance["id"]) for _ in range(8)]
        counts = [pool.submit(clients.platform.audit_counts) for _ in range(8)]

    found = [each.result() for each in audits]
    assert [len(each["reported"]) for each in found] == [1] * 8
    assert all(each == found[0] for each in found)
    assert {each.result()[0]["counts"]["reported"] for each in counts} == {1}


OVERLAP = {"match": {"path": "/v2.2/contacts/search"}, "effect": {"page_overlap": 1}}


def test_each_finding_has_the_cause_of_what_it_finds(clients, make_instance):
    """Pages overlap, the updated date is read in another zone, and the receiver fails before it takes the callback."""
    dates = {**DATES, "updatedDateTimezone": "America/Denver", "createdDateTimezone": "GMT"}
    block = entry("contacts", "CONTACT_ID", pageSize=2, datesConfiguration=dates)
    instance = make_instance({"event.poller.configuration": {"contacts": block}})
    clients.crm.script_faults([OVERLAP])
    clients.sink.respond({"status": 503, "times": 3})
    clients.clock.advance("1m")
    _, ada, _ = (clients.crm.create("Contacts", {"FIRST_NAME": name})["CONTACT_ID"] for name in "BAC")
    clients.clock.advance("14m 30s")
    clients.crm.update("Contacts", ada, {"TITLE": "Countess"})  # before the first callback is taken
    clients.clock.advance("1h")

    audit = clients.platform.audit(instance["id"])

    assert {each["cause"] for each in audit["misclassified"]} == {"wrong-zone"}
    (first, *_) = sorted(audit["duplicate"], key=lambda each: each["at"])
    assert (first["recordId"], first["cause"]) == (str(ada), "page-overlap")


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


def test_counts_are_of_one_instance_or_of_all(clients, instance):
    other = clients.platform.create_instance(instance_body(clients.credentials))

    def counted(query=""):
        answer = clients.platform.call_object("GET", f"/_local/audit/counts{query}")
        return [each["instanceId"] for each in answer["audits"]]

    assert sorted(counted()) == sorted([instance["id"], other["id"]])
    assert counted(f"?instanceId={other['id']}") == [other["id"]]
    assert clients.platform.send("GET", "/_local/audit/counts?instanceId=1").status == 404
