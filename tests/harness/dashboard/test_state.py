"""Audit, journal, snapshots, resets, workspaces, and what happened as a scenario."""

import pytest

from elements_local.replay.runner import How, Runner
from elements_local.scenarios.scenario import load


def test_the_audit_says_what_was_late_and_why(visitor, at, story):
    page = visitor.open(f"{at}audit/")

    assert "1 of 2 owed were delivered" in page.words
    assert f"contacts/{story['eve']} CREATED" in page.words
    assert "its receiver answered 503 at" in page.words


def test_without_an_instance_nothing_is_owed(visitor, at):
    assert "Nothing is owed to anybody" in visitor.open(f"{at}audit/").words


@pytest.mark.usefixtures("story")
def test_the_verdict_is_on_every_page(visitor, at):
    page = visitor.open(at)
    (fetched,) = {given["hx-get"] for tag, given in page.tags if given.get("id") == "verdict"}

    assert "✗ audit: 1 late" in visitor.open(fetched).words


@pytest.mark.parametrize("service", ["platform", "crm", "sink"])
@pytest.mark.usefixtures("story")
def test_the_journal_shows_what_a_service_was_asked(visitor, at, service):
    page = visitor.open(f"{at}journal/?service={service}")

    assert "✓ 200" in page.words


def test_it_is_searched_and_has_pages(visitor, at, clients):
    for number in range(60):
        clients.crm.send("GET", f"/v3.1/Contacts?mine={number}")

    first = visitor.open(f"{at}journal/?service=crm&q=mine%3D")
    (more,) = [href for href, _ in first.links if "before=" in href]

    assert "60 match, 0 hidden" in first.words
    assert [first.html.count("data-row"), visitor.open(more).html.count("data-row")] == [50, 10]
    assert "is so." in visitor.open(f"{at}journal/?service=crm&q=nowhere").words
    assert "49 match, 11 hidden" in visitor.open(f"{at}journal/?service=crm&q=-mine%3D5").words


def test_a_request_is_shown_beside_the_list_with_what_it_says(visitor, at, clients):
    clients.crm.send("GET", "/v3.1/Contacts?mine=1")
    clients.crm.script_faults([{"effect": {"status": 503}}])
    clients.crm.send("GET", "/v3.1/Contacts?mine=2")

    page = visitor.open(f"{at}journal/crm/latest")
    struck = visitor.open(f"{at}journal/?service=crm&struck=true")

    assert page.url.endswith("/journal/crm/2")
    for words in ("GET /v3.1/Contacts?mine=2", "! status 503", "Authorization: "):
        assert words in page.words
    assert "1 match, 1 hidden" in struck.words
    assert clients.credentials.crm_api_key not in page.html


@pytest.mark.parametrize("path", ["crm/99", "crm/0", "nobody/1", "crm/" + "9" * 400])
def test_a_request_that_is_not_there_is_not_found(visitor, at, path):
    assert visitor.open(f"{at}journal/{path}").status == 404


def test_what_a_stranger_sent_is_text_in_the_journal(visitor, at, clients):
    clients.crm.send(
        "GET", "/v3.1/Contacts?x=%3Cscript%3Ealert(1)%3C/script%3E", headers={"X-A": "<img src=x onerror=a>"}
    )

    page = visitor.open(f"{at}journal/?service=crm")

    assert not [tag for tag, _ in page.tags if tag == "img"]
    assert "<script>alert" not in page.html


@pytest.mark.usefixtures("story")
def test_secrets_are_masked_in_the_journal(visitor, at, clients):
    for service in ("platform", "crm", "sink"):
        page = visitor.open(f"{at}journal/?service={service}")
        for secret in (clients.credentials.user_secret, clients.credentials.crm_api_key):
            assert secret not in page.html


def test_a_service_that_is_none_has_no_journal(visitor, at):
    assert visitor.open(f"{at}journal/?service=nobody").status == 404


def test_a_snapshot_is_taken_and_put_back(visitor, at, clients, story):
    taken = visitor.send(visitor.open(f"{at}state/"), "/snapshot")
    assert "attachment" in taken.reply.headers["Content-Disposition"]
    clients.clock.advance("3h")
    clients.crm.delete("Contacts", story["ada"])

    page = visitor.upload(visitor.open(f"{at}state/"), "/restore", "snapshot", taken.reply.body)

    assert "is as it was then." in page.words
    assert clients.crm.get("Contacts", story["ada"])["FIRST_NAME"] == "Ada"
    assert clients.clock.show()["now"] == "2026-03-02T10:30:01Z"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 99}', b"\xff\xfe"], ids=str)
def test_a_file_that_is_no_snapshot_changes_nothing(visitor, at, clients, story, content):
    page = visitor.upload(visitor.open(f"{at}state/"), "/restore", "snapshot", content)

    assert "✗" in page.words
    assert clients.crm.get("Contacts", story["ada"])["FIRST_NAME"] == "Ada"


@pytest.mark.usefixtures("story")
def test_the_workspace_is_reset(visitor, at, clients):
    page = visitor.send(visitor.open(f"{at}state/"), "/reset")

    assert "is at its start again." in page.words
    assert clients.crm.changes() == []
    assert clients.clock.show()["now"] == "2026-03-02T10:00:00Z"


@pytest.mark.usefixtures("story")
def test_what_happened_is_a_scenario_that_passes(visitor, at, clients, tmp_path):
    reply = visitor.open(f"{at}state/scenario.yaml").reply
    path = tmp_path / "mine.yaml"
    path.write_bytes(reply.body)

    (scenario,) = load(path)
    runner = Runner(How())
    try:
        assert runner.run(scenario).failure is None
    finally:
        runner.close()
    assert f'filename="{clients.credentials.name}.yaml"' in reply.headers["Content-Disposition"]


def test_what_the_pages_did_is_in_it_too(visitor, at):
    visitor.send(visitor.open(f"{at}instances/new"), "/instances/new")
    visitor.send(visitor.open(f"{at}records/Contacts/new"), "/new")
    visitor.send(visitor.open(at), "/clock", ("move", "15m"))

    text = visitor.open(f"{at}state/scenario.yaml").html

    assert "create:" in text
    assert "advance:" in text
    assert "CREATED" in text


def test_a_workspace_is_made_and_deleted(visitor, at, stack_in_process):
    page = visitor.send(
        visitor.open(f"{at}state/"), "/workspaces", name="by-pages", records="2", start="2030-01-01T00:00:00Z"
    )
    try:
        made = stack_in_process.workspace("by-pages")
        assert page.url.startswith(f"{visitor.origin}/_local/dashboard/by-pages/?")
        assert made.clock.show()["now"] == "2030-01-01T00:00:00Z"
        assert made.crm.call("GET", "/_local/records?kind=Contacts")["total"] == 2
    finally:
        gone = visitor.send(visitor.open("/_local/dashboard/by-pages/state/"), "/workspaces/delete")
    assert "Workspace by-pages is deleted." in gone.words
    assert "by-pages" not in [each.name for each in stack_in_process.workspaces()]


@pytest.mark.parametrize(
    "fields", [{"name": "default"}, {"name": "a b/<script>"}, {"start": "soon"}], ids=str
)
def test_a_workspace_that_cannot_be_made_is_said_to_be_so(visitor, at, stack_in_process, fields):
    before = len(stack_in_process.workspaces())

    page = visitor.send(visitor.open(f"{at}state/"), "/workspaces", **fields)

    assert "✗" in page.words
    assert len(stack_in_process.workspaces()) == before


def test_the_default_workspace_is_not_offered_for_deletion(visitor):
    page = visitor.open("/_local/dashboard/default/state/")

    assert not [form for form in page.forms if form.action.endswith("/delete")]


def test_no_page_shows_a_secret(visitor, at, clients, story):
    secrets = [
        clients.credentials.organization_secret,
        clients.credentials.user_secret,
        clients.credentials.crm_api_key,
    ]
    for path in (
        *("", "instances/", "instances/new", f"instances/{story['instance']}", "records/"),
        *("callbacks/", "faults/", "audit/", "journal/", "state/"),
    ):
        html = visitor.open(at + path).html
        assert not [secret for secret in secrets if secret in html]
