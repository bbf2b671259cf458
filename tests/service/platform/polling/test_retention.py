"""Polls, callbacks and changes of long ago are forgotten, and whoever asks for them is told so, and not that they are lost."""

import pytest

from elements_local import guide
from elements_local.failures.failure_report import PlainWording
from elements_local.failures.observed import observe
from elements_local.failures.reasons import Explainer, Unreported
from elements_local.kit.api.json_text import decode, encode

HOUR = {
    "ELEMENTS_LOCAL_PLATFORM_HISTORY_RETENTION": "3600",
    "ELEMENTS_LOCAL_PLATFORM_EVENT_RETENTION": "3600",
}


@pytest.fixture
def short(stack_set_to):
    """A workspace whose platform keeps things for an hour."""
    return stack_set_to(HOUR).new_workspace()


def made(clients, minutes=15):
    body = guide.instance_body(clients.credentials)
    body["configuration"]["event.poller.refresh_interval"] = str(minutes)
    return clients.platform.create_instance(body)["id"]


def change(clients, name="Ada"):
    return str(clients.crm.create("Contacts", {"FIRST_NAME": name})["CONTACT_ID"])


def pruned(clients, what="polls"):
    return clients.platform.call("GET", f"/_local/{what}")["pruned"]


def deliveries(clients):
    return clients.platform.filtered("deliveries", {})


def test_what_is_old_is_forgotten_and_ids_go_on(short):
    made(short)
    change(short)
    short.clock.advance("15m")
    (before,) = short.platform.polls(resource="contacts")
    assert (len(deliveries(short)), pruned(short)) == (1, None)

    short.clock.advance("3h")

    polls = short.platform.polls()
    assert min(poll["at"] for poll in polls) >= "2026-03-02T12:14"
    assert min(poll["id"] for poll in polls) > before["id"]
    assert deliveries(short) == []
    assert pruned(short) == pruned(short, "deliveries")
    assert pruned(short)["at"] == "2026-03-02T13:15:00Z"
    assert pruned(short)["before"] == "2026-03-02T12:15:00Z"


def test_a_callback_that_is_still_to_be_sent_is_kept(short):
    made(short)
    short.sink.respond({"status": 503, "times": 1000})
    change(short)

    short.clock.advance("4h")

    (delivery,) = deliveries(short)
    assert (delivery["status"], delivery["created"]) == ("retry", "2026-03-02T10:15:00Z")
    short.sink.respond()
    short.clock.advance("20h")
    assert [one["status"] for one in short.sink.callbacks()][-1] == 200
    short.clock.advance("2h")
    assert deliveries(short) == []


def test_an_audit_judges_what_is_kept_and_says_what_it_does_not(short):
    instance = made(short)
    short.crm.script_faults(
        [
            {
                "match": {"method": "GET", "path": "/*/Contacts*"},
                "effect": {"status": 503},
                "when": {"first_n": 3},
            }
        ]
    )
    change(short)
    short.clock.advance("3h")
    late = change(short, "Bob")
    short.clock.advance("15m")

    audit = short.platform.audit(instance)

    gone = pruned(short)
    assert audit["pruned"] == gone
    assert audit["notes"] == [
        f"what happened before {gone['before']} was pruned at {gone['at']}, and is not judged"
    ]
    assert (audit["owed"], audit["delivered"]) == (1, 1)
    assert [one["recordId"] for one in audit["reported"]] == [late]
    assert not any(audit[kind] for kind in ("late", "duplicate", "misclassified", "lost"))


def test_an_audit_of_a_younger_instance_judges_everything(short):
    made(short)
    short.clock.advance("3h")
    young = short.platform.create_instance(guide.instance_body(short.credentials))["id"]
    change(short)
    short.clock.advance("15m")

    audit = short.platform.audit(young)

    assert pruned(short) is not None
    assert (audit["pruned"], audit["owed"], len(audit["reported"])) == (None, 1, 1)


def test_a_missing_callback_is_said_to_be_pruned(short):
    made(short)
    ada = change(short)
    short.clock.advance("3h")

    observed = observe(short)
    explainer = Explainer(
        explain=short.platform.explain, observed=observed, words=PlainWording(""), cures=False
    )

    (reason, *_) = explainer.lines(Unreported(observed).of("contacts", "Contacts", ada))

    assert "; explained: pruned, " in reason
    assert pruned(short)["before"].removesuffix("Z").replace("T", " ") in reason


def test_a_snapshot_says_what_was_pruned_and_a_reset_forgets_it(short):
    made(short)
    short.clock.advance("3h")
    document = short.snapshot()
    said = pruned(short)

    short.reset()
    assert pruned(short) is None
    short.restore(decode(encode(document)))

    assert pruned(short) == said
    assert encode(short.snapshot()) == encode(document)


@pytest.fixture
def month(stack_set_to):
    """A workspace whose CRM keeps its log for thirty days."""
    return stack_set_to({"ELEMENTS_LOCAL_CRM_CHANGE_RETENTION": str(30 * 24 * 3600)}).new_workspace()


def test_the_crm_forgets_changes_of_long_ago_and_an_audit_knows(month):
    ada = change(month)
    month.clock.advance("29 days")
    instance = made(month, minutes=720)
    change(month, "Bob")
    assert month.crm.changes()[0]["recordId"] == ada

    month.clock.advance("3 days")
    change(month, "Dan")
    month.clock.advance("12h")

    shown = month.crm.call("GET", "/_local/changes")
    assert [len(shown["changes"]), shown["total"], shown["changes"][0]["seq"]] == [2, 2, 2]
    assert shown["pruned"]["at"] == shown["changes"][-1]["at"]
    audit = month.platform.audit(instance)
    assert (audit["owed"], audit["pruned"]) == (2, None)  # the instance is younger than what was forgotten

    month.clock.advance("31 days")
    change(month, "Eve")
    month.clock.advance("12h")

    audit = month.platform.audit(instance)
    assert (audit["owed"], len(audit["reported"]), audit["duplicate"]) == (1, 1, [])
    assert audit["pruned"]["before"] == month.crm.call("GET", "/_local/changes")["pruned"]["before"]
