"""``trigger``: a change, the poll that finds it, and the callback, or the reason why there is none."""

import json
import subprocess
import sys

import pytest
from command import call
from programs import find_program
from pytest_httpserver import HTTPServer

from elements_local.clients import guide
from elements_local.clients.records import COLLECTIONS
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.commands.triggering import (
    advance_past_poll_second,
    advance_to_next_poll,
    make,
    outcome_of,
    poller_of,
)
from elements_local.stack.stack import Stack
from elements_local.start import Options, in_process

CONTACTS = guide.poller_entry("contacts", "CONTACT_ID")


def typed(call: str) -> subprocess.CompletedProcess[str]:
    """Type a printed call in a shell, and have it fail where it is refused."""
    bash, _ = find_program("bash"), find_program("curl")
    script = call.replace("curl ", "curl -sf ", 1)
    return subprocess.run([bash, "-ec", script], capture_output=True, text=True, check=False)


def made_to_poll(clients: WorkspaceClients, **blocks: dict) -> int:
    """Make an instance that polls by these blocks alone, and return its id."""
    body = guide.instance_body(clients.credentials)
    body["configuration"]["event.poller.configuration"] = blocks
    number: int = clients.platform.create_instance(body)["id"]
    return number


@pytest.fixture
def polled(mine: WorkspaceClients) -> WorkspaceClients:
    """A workspace with the guide's instance, made at this very instant."""
    mine.platform.create_instance(guide.instance_body(mine.credentials))
    return mine


@pytest.fixture
def trigger(mine: WorkspaceClients, at: dict[str, str]):
    """Return a function that runs the command in the workspace."""

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return call("trigger", *words, "--workspace", mine.credentials.name, **at)

    return run


def test_what_was_created_last_is_updated_and_each_change_is_found_by_a_poll_of_its_own(
    polled: WorkspaceClients, trigger
) -> None:
    """What was deleted is not the last; with ``--id`` it is another one."""
    told = [
        json.loads(trigger(*words.split(), "--json").stdout)
        for words in ("contact created", "contacts created", "contacts updated")
    ]
    first, last, updated = (each["id"] for each in told)
    by_id = json.loads(
        trigger("contacts", "updated", "--id", str(first), "--field", "TITLE=Ms", "--json").stdout
    )
    polled.crm.delete("Contacts", last)
    left = json.loads(trigger("contacts", "updated", "--json").stdout)

    assert [each["change"] for each in told] == ["CREATED", "CREATED", "UPDATED"]
    assert first != last == updated
    assert [each["callback"]["json"]["message"]["events"][0]["eventType"] for each in told] == [
        "CREATED", "CREATED", "UPDATED",
    ]  # fmt: skip
    assert [each["callback"]["at"] for each in told] == [
        "2026-03-02T10:15:00Z", "2026-03-02T10:30:00Z", "2026-03-02T10:45:00Z",
    ]  # fmt: skip
    assert (by_id["id"], by_id["fields"]) == (first, {"TITLE": "Ms"})
    assert polled.crm.get("Contacts", first)["TITLE"] == "Ms"
    assert left["id"] == first


def test_fields_are_texts_or_json_and_one_that_the_crm_does_not_know_is_pointed_out(
    polled: WorkspaceClients, trigger
) -> None:
    fields = ["LAST_NAME=By=ron", 'TAGS:=[{"TAG_NAME": "a=b"}]', "TITLE=", "LAST_NAM=Byron", "zzz=1"]
    words = [word for each in fields for word in ("--field", each)]
    done = trigger("contacts", "created", *words, "--json")

    assert json.loads(done.stdout)["fields"] == {
        "FIRST_NAME": "Ada", "LAST_NAME": "By=ron", "TAGS": [{"TAG_NAME": "a=b"}], "TITLE": "", "LAST_NAM": "Byron",
        "zzz": "1",
    }  # fmt: skip
    made = polled.crm.get("Contacts", json.loads(done.stdout)["id"])
    assert (made["LAST_NAME"], made["TAGS"]) == ("By=ron", [{"TAG_NAME": "a=b"}])
    assert done.stderr.splitlines() == [
        "warning: the CRM took no notice of LAST_NAM; is LAST_NAME meant?",
        "warning: the CRM took no notice of zzz",
    ]


def test_of_records_that_were_there_from_the_start_one_is_updated(polled: WorkspaceClients, trigger) -> None:
    polled.crm.seed(3)

    done = trigger("opportunities", "updated", "--json")

    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)["fields"]) == ["OPPORTUNITY_DETAILS"]


def test_where_there_is_no_instance_it_makes_one_that_polls_such_records(
    mine: WorkspaceClients, trigger
) -> None:
    for kind in COLLECTIONS:
        done = trigger(kind, "created", "--json")

        assert done.returncode == 0, done.stderr
        (instance,) = mine.platform.call("GET", f"{BASE_PATH}/instances")
        assert done.stderr == f"there was no instance, so instance {instance['id']} was made\n"
        (event,) = json.loads(done.stdout)["callback"]["json"]["message"]["events"]
        assert (event["objectType"], event["eventType"]) == (kind, "CREATED")
        assert event["objectId"] == str(json.loads(done.stdout)["id"])
        mine.platform.delete_instance(instance["id"])


def test_where_instances_poll_other_records_it_prints_the_call_that_makes_one_and_that_call_works(
    mine: WorkspaceClients, trigger
) -> None:
    other = made_to_poll(mine, leads={})

    refused = trigger("contacts", "created")
    first, *printed = refused.stderr.splitlines()

    assert (refused.returncode, refused.stdout, mine.crm.changes()) == (2, "", [])
    assert first == (
        f"elements-local: no instance of workspace {mine.credentials.name!r} polls contacts (not polling them: {other}). "
        "This makes one:"
    )
    assert typed("\n".join(printed)).returncode == 0
    assert trigger("contacts", "created").returncode == 0


def test_a_resource_of_another_name_for_such_records_counts(mine: WorkspaceClients, trigger) -> None:
    made_to_poll(mine, people=CONTACTS)

    shown = json.loads(trigger("contacts", "created", "--json").stdout)

    assert shown["callback"]["json"]["message"]["events"][0]["objectType"] == "people"


def test_of_several_instances_the_one_that_polls_first_finds_it(polled: WorkspaceClients, trigger) -> None:
    body = guide.instance_body(polled.credentials)
    body["configuration"]["event.poller.refresh_interval"] = "7"
    sooner = polled.platform.create_instance(body)["id"]

    shown = json.loads(trigger("contacts", "created", "--json").stdout)

    assert shown["callback"]["at"] == "2026-03-02T10:07:00Z"
    assert shown["callback"]["json"]["message"]["instanceId"] == sooner


def test_a_paused_poller_is_pointed_out_with_the_call_that_lets_it_run(
    polled: WorkspaceClients, trigger
) -> None:
    (job,) = polled.platform.call("GET", f"{BASE_PATH}/jobs")
    polled.platform.call("PUT", f"{BASE_PATH}/jobs/{job['id']}/disable")

    refused = trigger("contacts", "created")
    assert typed(refused.stderr.partition("\n")[2]).returncode == 0

    assert refused.returncode == 2
    assert "polls contacts, but its poller is paused. This lets it run:" in refused.stderr
    assert trigger("contacts", "created").returncode == 0


def test_what_the_receiver_does_not_take_is_printed_with_the_reason_and_exit_1(
    polled: WorkspaceClients, trigger
) -> None:
    polled.sink.respond({"status": 503})

    done = trigger("contacts", "created", "--json")

    shown = json.loads(done.stdout)
    assert done.returncode == 1
    assert (shown["callback"]["status"], shown["callback"]["signature"]) == (503, "valid")
    assert shown["reasons"] == [f"the receiver has not taken it: {shown['callback']['outcome']}"]
    assert done.stderr == f"{shown['reasons'][0]}\n"


def test_what_a_receiver_that_is_not_the_sink_gets_is_printed_whether_it_takes_it_or_not(
    mine: WorkspaceClients, trigger, httpserver: HTTPServer
) -> None:
    for status in (204, 500):
        httpserver.expect_ordered_request("/hooks").respond_with_data("", status=status)
    body = guide.instance_body(mine.credentials)
    body["configuration"]["event.notification.callback.url"] = httpserver.url_for("/hooks")
    mine.platform.create_instance(body)

    taken, refused = (trigger("contacts", "created", "--json") for _ in range(2))

    (first, _), (second, _) = httpserver.log
    shown, other = (json.loads(done.stdout)["callback"] for done in (taken, refused))
    assert (taken.returncode, refused.returncode) == (0, 1)
    assert (shown["url"], shown["status"], shown["signature"]) == (httpserver.url_for("/hooks"), 204, None)
    assert shown["json"] == first.json
    assert shown["headers"] == {"Elements-Webhook-Id": first.headers["Elements-Webhook-Id"]}
    assert (other["status"], other["outcome"]) == (500, "answered 500")
    assert other["json"]["message"] == second.json["message"]


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"ELEMENTS_LOCAL_KEEP_TIES": "true"},
        {"ELEMENTS_LOCAL_PLATFORM_PROFILE": "open-connectors"},
    ],
    ids=["usual", "ties are kept", "the other form of the body"],
)
def test_whatever_the_stacks_settings_a_change_is_found(environment: dict[str, str]) -> None:
    with in_process(Options(environment=environment)) as stack:
        clients = stack.workspace()
        clients.platform.create_instance(guide.instance_body(clients.credentials))
        poller = poller_of(clients, "contacts")
        advance_past_poll_second(clients, poller)
        made = make(clients, "contacts", {}, None)
        advance_to_next_poll(clients, poller)
        found = outcome_of(clients, poller, made)
        (callback,) = clients.sink.callbacks()

    assert found.reasons == ()
    assert found.sent
    assert (found.sent.body, found.sent.event_types) == (callback["json"], ("CREATED",))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            {"datesConfiguration": {"updatedDateField": "DATE_UPDATED", "updatedDateFormat": "yyyy"}},
            "passed over contacts {id}: ",
            id="its date is not there",
        ),
        pytest.param(
            {"url": "/hubs/crm/contacts?where=FIRST_NAME='Nobody'"},
            "has not seen contacts {id}, which is dated 2026-03-02 10:00:01: it asked for changes after "
            "2026-03-02T10:00:00Z, and saw 0",
            id="it asks for others",
        ),
    ],
)
def test_if_no_callback_comes_it_says_what_the_poll_made_of_the_record(
    mine: WorkspaceClients, trigger, change: dict, reason: str
) -> None:
    made_to_poll(mine, contacts=CONTACTS | change)

    done = trigger("contacts", "created", "--json")

    shown = json.loads(done.stdout)
    assert (done.returncode, shown["callback"]) == (1, None)
    assert shown["reasons"][0].startswith("the poll of contacts at 2026-03-02T10:15:00Z ")
    assert reason.format(id=shown["id"]) in shown["reasons"][0]
    assert done.stderr == f"no callback: {shown['reasons'][0]}\n"


def test_a_poll_that_fails_is_the_reason(polled: WorkspaceClients, trigger) -> None:
    polled.crm.script_faults([{"match": {"path": "/v2.2/Contacts*"}, "effect": {"status": 503}}])

    done = trigger("contacts", "created")

    assert done.returncode == 1
    assert "no callback: the poll of contacts at 2026-03-02T10:15:00Z failed: " in done.stderr


def test_a_change_that_is_reported_as_another_is_exit_1_with_the_arithmetic(
    mine: WorkspaceClients, trigger
) -> None:
    made_to_poll(mine, contacts=CONTACTS | {"createdCheckTolerance": 3600})
    trigger("contacts", "created")

    done = trigger("contacts", "updated", "--json")

    assert done.returncode == 1
    assert "it was to say UPDATED, and says CREATED: updated 2026-03-02T10:15:01Z" in done.stderr
    assert json.loads(done.stdout)["callback"]["status"] == 200


def test_on_a_real_clock_it_polls_at_once_however_soon_the_next_comes(
    stack_on_ports: Stack, at: dict[str, str]
) -> None:
    """Records are dated to the second: one that is made in the second of the last poll is not later than that."""
    made = stack_on_ports.new_workspace(clock="real")
    made.platform.create_instance(guide.instance_body(made.credentials))
    words = ("--json", "--workspace", made.credentials.name)
    told = [call("trigger", "contacts", change, *words, **at) for change in ("created", "updated", "updated")]
    polls = made.platform.polls(resource="contacts")
    stack_on_ports.delete_workspace(made.credentials.name)

    assert [(one.returncode, one.stderr) for one in told] == [(0, "")] * 3
    assert len(polls) == 3


def test_cut_off_it_says_what_is_changed(polled: WorkspaceClients, at: dict[str, str]) -> None:
    """Ctrl-C comes while time is moved."""
    asks = (
        "import signal, sys\n"
        "from elements_local.commands import triggering as trigger\n"
        "from elements_local.commands.cli import main\n"
        "trigger.advance_to_next_poll = lambda *_: signal.raise_signal(signal.SIGINT)\n"
        f"sys.argv = ['elements-local', 'trigger', 'contacts', 'created', '--workspace', {polled.credentials.name!r}]\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=False, env=at)

    number = done.stdout.split()[1]
    assert done.returncode == 130
    assert done.stderr == (
        f"interrupted: contacts {number} created; it is not known whether a callback came of it\n"
    )


MISUSES = {
    "companies created": "'companies'",
    "contacts deleted": "'deleted'",
    "contacts created --id 3": "--id names a record that is updated",
    "contacts created --field LAST_NAME": "expected NAME=TEXT, or NAME:=JSON; got 'LAST_NAME'",
    "contacts created --field =x": "expected NAME=TEXT, or NAME:=JSON; got '=x'",
    "contacts created --field :=1": "expected NAME=TEXT, or NAME:=JSON; got ':=1'",
    "contacts created --field TAGS:=[1": "'TAGS:=[1' has no JSON behind := ",
    "contacts updated --id 99": "No Contact with ID = 99",
    "contacts updated": "has no contacts; `elements-local trigger contacts created` makes one",
    "opportunities created --field OPPORTUNITY_STATE=LOOSE": "answered 400",
}


def test_misuse_says_what_is_wrong_and_changes_nothing(polled: WorkspaceClients, trigger) -> None:
    for words, reason in MISUSES.items():
        refused = trigger(*words.split())

        assert (refused.returncode, refused.stdout) == (2, ""), words
        assert reason in refused.stderr
        assert "Traceback" not in refused.stderr
    assert polled.clock.show()["now"] == "2026-03-02T10:00:00Z"
    assert polled.crm.changes() == []
