"""``explain`` and ``audit``: what they print, what they are asked about, and their exit status."""

import json
from collections.abc import Callable

import pytest
from command import call

from elements_local.clients import guide
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.kit.api.json_text import encode_text

TOKYO = {"updatedDateTimezone": "Asia/Tokyo"}


@pytest.fixture
def mine(mine: WorkspaceClients, at: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> WorkspaceClients:
    """A workspace without instances, which the commands find."""
    for name, value in {**at, "ELEMENTS_LOCAL_WORKSPACE": mine.credentials.name}.items():
        monkeypatch.setenv(name, value)
    return mine


def run(*words: str) -> tuple[int, str, str]:
    done = call(*words)
    return done.returncode, done.stdout, done.stderr


def polled(clients: WorkspaceClients, **dates: str) -> int:
    """Make an instance and a contact, let it be polled, and return the contact's id."""
    body = guide.instance_body(clients.credentials)
    body["configuration"]["event.poller.configuration"]["contacts"]["datesConfiguration"] |= dates
    clients.platform.create_instance(body)
    clients.clock.advance("1m")
    number: int = clients.crm.create("Contacts", {"FIRST_NAME": "Ada"})["CONTACT_ID"]
    clients.clock.advance("15m")
    return number


def test_the_platform_alone_has_to_be_named(mine: WorkspaceClients, monkeypatch: pytest.MonkeyPatch) -> None:
    number = polled(mine)
    for name in ("PLATFORM", "CRM", "SINK"):
        monkeypatch.delenv(f"ELEMENTS_LOCAL_{name}_URL")

    code, text, _ = run("explain", "--platform-url", mine.platform.url)

    assert code == 0
    assert f": contacts/{number} CREATED" in text.splitlines()[0]
    assert "signature valid" in text


def test_what_was_lost_is_explained_with_its_cause_and_its_cure_unless_none_is_wanted(
    mine: WorkspaceClients,
) -> None:
    number = polled(mine, **TOKYO)
    (poller,) = mine.platform.pollers()

    code, text, _ = run("explain", f"contacts/{number}")
    as_json = run("explain", "--change", "1", "--json")
    without = run("explain", "--no-cures")

    assert code == 1
    assert "cause: wrong-zone: " in text
    said = mine.platform.explain(instance_id=poller["instanceId"], resource="contacts", record_id=number)
    assert text.splitlines()[-2:] == [
        (
            "fix: set updatedDateTimezone of contacts to 'GMT' "
            '(configuration {"updatedDateTimezone":"GMT"}): reported at 2026-03-02T10:15:00Z'
        ),
        f"  PATCH /elements/api-v2/instances/{poller['instanceId']} {encode_text(said['fix']['patch'])}",
    ]
    assert (as_json[0], json.loads(as_json[1])) == (1, said)
    assert (without[0], "tried" in without[1], "fix" in without[1]) == (1, False, False)


def test_of_several_instances_each_that_polls_the_record_is_explained_apart(mine: WorkspaceClients) -> None:
    body = guide.instance_body(mine.credentials)
    for name, resource in (("Twin", "contacts"), ("Other", "leads")):
        blocks = {"event.poller.configuration": {resource: {}}}
        mine.platform.create_instance(body | {"name": name, "configuration": body["configuration"] | blocks})
    number = polled(mine, **TOKYO)

    code, text, _ = run("explain", f"contacts/{number}", "--no-cures")

    first = [line for line in text.splitlines() if line.startswith("instance ")]
    assert code == 1
    assert [line.partition(": ")[0].split(" ", 2)[2] for line in first] == ["(Twin)", "(My Insightly)"]
    assert [line.rpartition(": ")[2] for line in first] == ["reported", "not reported"]
    assert len(json.loads(run("explain", "--no-cures", "--json")[1])["explanations"]) == 2


def test_a_callback_and_an_event_are_explained_by_their_ids(mine: WorkspaceClients) -> None:
    polled(mine)
    (callback,) = mine.sink.callbacks()

    whole = run("explain", "--json")

    assert run("explain", "--callback", "1", "--json") == whole
    assert run("explain", "--event", callback["json"]["id"], "--json") == whole


def test_the_echo_of_a_write_of_ones_own_is_named_with_exit_status_0(mine: WorkspaceClients) -> None:
    number = polled(mine)
    (instance,) = mine.platform.call("GET", "/elements/api-v2/instances")
    mine.platform.hub(instance["token"]).call("PATCH", f"/contacts/{number}", json={"TITLE": "Countess"})
    mine.clock.advance("15m")

    code, text, _ = run("explain")

    assert code == 0
    assert "cause: echo: " in text


def test_a_cure_helps_a_write_of_ones_own_though_it_is_an_echo(mine: WorkspaceClients) -> None:
    polled(mine)
    (instance,) = mine.platform.call("GET", "/elements/api-v2/instances")
    mine.crm.script_faults([{"match": {"path": "/v2.2/Contacts/Search"}, "effect": {"status": 503}}])
    mine.platform.hub(instance["token"]).call("POST", "/contacts", json={"FIRST_NAME": "Grace"})
    mine.clock.advance("15m")

    code, text, _ = run("explain")

    assert code == 1
    assert "cause: outage: " in text
    assert text.splitlines()[-1].startswith("fix: ")
    assert "echo" not in text


MISUSES = {
    "contacts": "expected a record such as contacts/82200994; got 'contacts'",
    "contacts/1 --change 1": "and no two of them",
    "--event 1 --callback 1": "and no two of them",
}


def test_misuse_is_said(mine: WorkspaceClients) -> None:
    polled(mine)
    for words, part in MISUSES.items():
        code, _, errors = run("explain", *words.split())

        assert code == 2
        assert part in " ".join(errors.split())


def test_where_there_is_nothing_to_explain_that_is_said(mine: WorkspaceClients) -> None:
    assert "nothing has been changed in the CRM" in run("explain")[2]
    mine.crm.create("Contacts", {"FIRST_NAME": "Ada"})
    code, _, errors = run("explain")

    assert code == 2
    assert "there is no instance in this workspace" in errors


def test_an_audit_has_exit_status_1_if_something_is_lost(mine: WorkspaceClients) -> None:
    number = polled(mine, **TOKYO)
    (poller,) = mine.platform.pollers()

    code, text, _ = run("audit")

    assert code == 1
    assert text.splitlines()[:2] == [
        f"instance {poller['instanceId']}: 1 owed, 0 delivered: 0 reported, 0 late, 0 duplicate, 0 misclassified, 1 lost",
        f"lost contacts/{number} CREATED at 2026-03-02T10:01:00Z [wrong-zone]",
    ]


def failing(clients: WorkspaceClients) -> None:
    """Let one poll fail and the next report what it missed."""
    clients.crm.script_faults(
        [{"match": {"path": "/v2.2/contacts*"}, "effect": {"status": 503}, "when": {"first_n": 1}}]
    )
    polled(clients)
    clients.clock.advance("15m")


def repeating(clients: WorkspaceClients) -> None:
    """Let a lost answer have a callback sent twice."""
    clients.sink.respond({"drop": True, "times": 1})
    polled(clients)
    clients.clock.advance("15m")


def misnamed(clients: WorkspaceClients) -> None:
    """Let a creation be called an update."""
    polled(clients, createdDateTimezone="Asia/Tokyo")


WRONG = {
    failing: "1 poll of contacts failed, the last at 2026-03-02T10:15:00Z: 502: Insightly answered 503",
    repeating: "1 duplicate",
    misnamed: "1 misclassified",
}


@pytest.mark.parametrize(("happens", "said"), WRONG.items())
def test_an_audit_says_in_one_line_why_its_exit_status_is_1(
    mine: WorkspaceClients, happens: Callable[[WorkspaceClients], None], said: str
) -> None:
    happens(mine)
    (poller,) = mine.platform.pollers()

    for words in ((), ("--json",)):
        code, _, line = run("audit", *words)

        assert (code, line.count("\n")) == (1, 1)
        assert line.startswith(f"exit status 1: instance {poller['instanceId']}: {said}")


def test_changes_that_no_instance_polls_are_a_line_and_1_if_that_is_asked_for(mine: WorkspaceClients) -> None:
    polled(mine)
    body = guide.instance_body(mine.credentials)
    blocks = {"event.poller.configuration": {"leads": {}}}
    mine.platform.create_instance(body | {"configuration": body["configuration"] | blocks})
    mine.clock.advance("1m")
    mine.crm.create("Leads", {"LAST_NAME": "Lovelace"})
    mine.crm.create("Projects", {"PROJECT_NAME": "Engine", "STATUS": "NOT STARTED"})
    mine.clock.advance("15m")

    code, text, line = run("audit")

    assert (code, line) == (0, "")
    assert text.splitlines()[-1] == "no instance polls 1 change of projects"
    assert run("audit", "--strict")[::2] == (1, "exit status 1: no instance polls 1 change of projects\n")


def test_an_audit_of_what_came_has_exit_status_0(mine: WorkspaceClients) -> None:
    polled(mine)
    (poller,) = mine.platform.pollers()

    code, text, _ = run("audit", "--instance", str(poller["instanceId"]), "--json")

    audit = {"instanceId": poller["instanceId"], **mine.platform.audit(poller["instanceId"])}
    assert (code, json.loads(text)) == (0, {"audits": [audit]})


def test_an_audit_without_instances_says_so(mine: WorkspaceClients) -> None:  # noqa: ARG001 - the commands find it
    assert run("audit")[:2] == (0, "there is no instance in this workspace, so no event is expected\n")
