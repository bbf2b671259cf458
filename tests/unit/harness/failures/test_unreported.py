"""Which changes have not come, as far as changes and deliveries tell, and how the platform's answers are written."""

from typing import Any

from elements_local.clients.errors import HarnessError
from elements_local.stack.failures.failure_report import PlainWording
from elements_local.stack.failures.observed import JsonObject, Observed
from elements_local.stack.failures.reasons import Explainer, Unreported

BIN = "http://127.0.0.1:4702/mine"
TAKEN = "contacts/7 CREATED"


def instant(clock: str) -> str:
    return f"2026-03-02T{clock}Z"


def change(clock: str, kind: str = "CREATED", *, number: str = "7") -> JsonObject:
    return {"resource": "Contacts", "recordId": number, "change": kind, "at": instant(clock)}


def poller(*resources: str, instance: int = 1, made: str = "10:00:00") -> JsonObject:
    polled = [{"resource": resource, "collection": "contacts"} for resource in resources]
    return {"instanceId": instance, "made": instant(made), "resources": polled}


def delivery(clock: str, event: str = TAKEN, *, status: str = "delivered", **differs: object) -> JsonObject:
    return {
        "instanceId": 1, "created": instant(clock), "channel": "webhook", "url": BIN, "status": status,
        "events": [event], "attempts": [{"url": BIN}], "notificationId": 5, **differs
    }  # fmt: skip


def observed(*changes: JsonObject, **known: Any) -> Observed:
    known = {"pollers": [poller("contacts")], **known}
    now = instant("10:30:00")
    return Observed(workspace="mine", bin_url=BIN, now=now, is_virtual=True, changes=list(changes), **known)


def found(*changes: JsonObject, **known: Any) -> list[tuple[int | None, str]]:
    return [(one.instance_id, one.resource) for one in Unreported(observed(*changes, **known)).all()]


def test_what_the_bin_has_taken_since_the_change_has_come() -> None:
    made = change("10:01:00")

    assert found(made, deliveries=[delivery("10:15:00")]) == []
    assert found(made, deliveries=[delivery("10:00:30")]) == [(1, "contacts")]
    assert found(made, deliveries=[delivery("10:15:00", status="retry")]) == [(1, "contacts")]
    assert found(made, deliveries=[delivery("10:15:00", "contacts/77 CREATED")]) == [(1, "contacts")]
    assert found(made, deliveries=[delivery("10:15:00", attempts=[{"url": f"{BIN}2"}])]) == [(1, "contacts")]
    assert found(made, deliveries=[delivery("10:15:00", channel="email")]) == [(1, "contacts")]


def test_two_changes_of_one_callback_have_not_both_come() -> None:
    changes = change("10:01:00"), change("10:02:00", "UPDATED")
    both = [delivery("10:15:00"), delivery("10:30:00", "contacts/7 UPDATED")]

    assert found(*changes, deliveries=both[:1]) == [(1, "contacts")]
    assert found(*changes, deliveries=both) == []


def test_changes_from_before_the_instance_are_not_counted() -> None:
    changes = change("09:00:00"), change("10:02:00", "UPDATED")

    assert found(*changes, deliveries=[delivery("10:15:00", "contacts/7 UPDATED")]) == []


def test_a_callback_that_made_room_in_the_sink_has_not_come() -> None:
    known = {"deliveries": [delivery("10:15:00")], "pruned_callbacks_at": instant("10:20:00")}
    there = {"headers": {"Elements-Webhook-Id": "5"}}

    assert found(change("10:01:00"), callbacks=[there], **known) == []
    assert found(change("10:01:00"), **known) == [(1, "contacts")]


def test_each_instance_and_each_resource_that_polls_a_collection_counts() -> None:
    pollers = [poller("contacts", "people"), poller("contacts", instance=2)]

    assert found(change("10:01:00"), pollers=pollers, deliveries=[delivery("10:15:00")]) == [
        (1, "people"), (2, "contacts")
    ]  # fmt: skip
    assert found(change("10:01:00"), pollers=[poller()]) == [(None, "contacts")]


def test_a_record_whose_changes_are_no_longer_kept_is_asked_about() -> None:
    gone = {"at": instant("10:30:00"), "before": instant("10:20:00")}

    (lost,) = Unreported(observed(pruned_changes=gone)).of("contacts", "Contacts", "7")

    assert lost.change is None
    assert [*Unreported(observed()).of("contacts", "Contacts", "7")] == []


def lines(
    known: Observed, said: JsonObject | HarnessError, *, fixture: bool = False
) -> tuple[list[str], int]:
    """Return what is written, and how often cures were tried."""
    cured = 0

    def explain(*, cures: bool, **_: object) -> JsonObject:
        nonlocal cured
        cured += cures
        if isinstance(said, HarnessError):
            raise said
        return said | {"fix": said["fix"] if cures else None}

    explainer = Explainer(explain=explain, observed=known, words=PlainWording("2026-03-02"), fixture=fixture)
    return explainer.lines(Unreported(known).all()), cured


def test_records_that_share_a_reason_share_a_line_and_the_fix_of_the_first() -> None:
    changes = [change("10:16:00", number=str(number)) for number in range(5)]
    fix = {"text": "wait until 2026-03-02T10:45:00Z", "tried": None}
    said = {
        "cause": "tie",
        "why": "asked GET /?at='2026-03-02T10:00:00Z' at 2026-03-02T10:30:00.5Z",
        "fix": fix,
    }

    assert lines(observed(*changes), said, fixture=True) == (
        [
            ("contacts 0, contacts 1, contacts 2 and 2 more were created at 10:16:00; explained: tie, "
            "asked GET /?at='2026-03-02T10:00:00Z' at 10:30:00.5; fix: wait until 10:45:00, not tried "
            '(elements_explain("contacts", 0) has all of it)')
        ],
        2,
    )  # fmt: skip


def test_of_very_many_changes_the_first_are_explained() -> None:
    changes = [change("10:16:00", number=str(number)) for number in range(52)]

    (explained, others), _ = lines(observed(*changes), {"cause": None, "why": "it came", "fix": None})

    assert (
        explained
        == "contacts 0, contacts 1, contacts 2 and 47 more were created at 10:16:00; explained: it came"
    )
    assert others == "contacts 50, contacts 51 were created at 10:16:00; the first 50 alone are explained"


def test_a_platform_that_does_not_explain_says_why() -> None:
    said, _ = lines(observed(change("10:16:00")), HarnessError("too old"))

    assert said == ["contacts 7 was created at 10:16:00; the platform does not explain it: too old"]


def test_with_several_instances_none_of_which_polls_a_kind_none_is_blamed() -> None:
    known = observed(change("10:16:00"), pollers=[poller(), poller(instance=2)])

    assert lines(known, HarnessError("not asked"))[0] == [
        "contacts 7 was created at 10:16:00; no instance polls contacts"
    ]
