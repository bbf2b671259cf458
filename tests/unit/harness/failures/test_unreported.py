"""Why changes have not come, told from what the services know: the cases that a stack in a test hardly gets into."""

from typing import Any

from elements_local.failures.observed import JsonObject, Observed
from elements_local.failures.reason import sentences
from elements_local.failures.unreported import Unreported

BIN = "http://127.0.0.1:4702/mine"


class Plain:
    def record(self, resource: str, record_id: str) -> str:
        return f"{resource} {record_id}"

    def instant(self, at: str) -> str:
        return at.removeprefix("2026-03-02T").removesuffix("Z")

    def instance(self, instance_id: int) -> str:
        return f"instance {instance_id}"


def instant(clock: str) -> str:
    return f"2026-03-02T{clock}Z"


def change(clock: str, kind: str = "CREATED", *, number: str = "7", dated: str | None = None) -> JsonObject:
    dated = dated or clock.partition(".")[0]
    return {
        "resource": "Contacts", "recordId": number, "change": kind, "at": instant(clock), "updated": instant(dated)
    }  # fmt: skip


def poll(
    clock: str, since: str, *seen: tuple[str, str], error: str | None = None, instance: int = 1
) -> JsonObject:
    return {
        "instanceId": instance, "resource": "contacts", "at": instant(clock), "from": instant(since), "error": error,
        "request": {"url": "/hubs/crm/contacts", "status": 200}, "seen": len(seen), "events": len(seen),
        "records": [{"id": number, "verdict": verdict, "why": "so"} for number, verdict in seen],
    }  # fmt: skip


def poller(since: str | None, *, instance: int = 1, made: str = "10:00:00", **differs: object) -> JsonObject:
    polled = {
        "resource": "contacts",
        "collection": "contacts",
        "idField": "CONTACT_ID",
        "from": since and instant(since),
    }
    return {
        "instanceId": instance, "name": "Mine", "made": instant(made), "callbackUrl": BIN, "silent": "",
        "nextPoll": instant("10:45:00"), "resources": [polled], **differs
    }  # fmt: skip


def delivery(
    clock: str, event: str, status: str, *attempts: tuple[str, int | None], **differs: object
) -> JsonObject:
    tried = [
        {"at": instant(at), "status": answer, "url": BIN, "outcome": "connection refused"}
        for at, answer in attempts
    ]
    return {
        "instanceId": 1, "created": instant(clock), "channel": "webhook", "url": BIN, "status": status, "due": None,
        "events": [event], "attempts": tried, **differs
    }  # fmt: skip


def said(*, now: str = "10:30:00", is_virtual: bool = True, **known: Any) -> list[str]:
    observed = Observed(workspace="mine", bin_url=BIN, now=instant(now), is_virtual=is_virtual, **known)
    return sentences(Unreported(observed, Plain()).all())


def test_on_a_real_clock_a_change_is_dated_to_the_second_and_so_is_what_a_poll_asks_for() -> None:
    lost = said(
        changes=[change("10:00:00.900000")],
        pollers=[poller("10:15:00.250000", made="10:00:00.300000")],
        polls=[poll("10:15:00.250000", "10:00:00.300000")],
        is_virtual=False,
    )

    assert lost == [
        (
            "contacts 7 was created at 10:00:00.900000, the very second in which instance 1 was made; "
            "a poll counts what is later, so let a second pass in between"
        )
    ]


def test_without_ties_a_change_in_the_instances_second_may_be_a_jobs() -> None:
    (reason,) = said(
        changes=[change("10:00:00")],
        pollers=[poller("10:15:00")],
        polls=[poll("10:15:00", "10:00:00")],
        keeps_ties=False,
    )

    assert "before instance 1 was made in that second, or by a job that was due in it" in reason


def test_a_second_later_it_would_have_been_found() -> None:
    (reason,) = said(
        changes=[change("10:00:01.100000")],
        pollers=[poller("10:15:00")],
        polls=[poll("10:15:00", "10:00:00.900000")],
    )

    assert reason.endswith("the poll at 10:15:00 did not find it: it asked GET /hubs/crm/contacts")


def test_a_poll_that_saw_records_is_not_said_to_have_found_nothing() -> None:
    (reason,) = said(
        changes=[change("10:01:00")],
        pollers=[poller("10:15:00")],
        polls=[poll("10:15:00", "10:00:00", ("99", "ignored"))],
    )

    assert "the poll at 10:15:00 named it in none of the 1 records that it saw: it asked GET" in reason


def test_what_the_next_poll_will_pass_over_is_known_before_it_runs() -> None:
    (reason,) = said(
        now="10:16:00",
        changes=[change("10:15:00")],
        pollers=[poller("10:15:00")],
        polls=[poll("10:15:00", "10:00:00")],
    )

    assert "the very second in which contacts were polled" in reason


def test_where_polls_look_back_the_second_of_a_poll_is_none_to_fear() -> None:
    (reason,) = said(
        now="10:16:00",
        changes=[change("10:15:00")],
        pollers=[poller("10:14:50")],
        polls=[poll("10:15:00", "09:59:50")],
    )

    assert reason == (
        "contacts 7 was created at 10:15:00; contacts have not been polled since; "
        "instance 1 polls next at 10:45:00; it is 10:16:00 now"
    )


def test_events_that_were_switched_on_later_have_a_second_of_their_own() -> None:
    (reason,) = said(changes=[change("10:20:00")], pollers=[poller("10:20:00")])

    assert "the very second in which instance 1 began to poll contacts" in reason


def test_a_poll_that_failed_is_no_reason_once_a_later_one_succeeded() -> None:
    failed, succeeded = poll("10:15:00", "10:00:00", error="502: gone"), poll("10:30:00", "10:00:00")

    (before,) = said(changes=[change("10:01:00")], pollers=[poller("10:00:00")], polls=[failed])
    (after,) = said(changes=[change("10:01:00")], pollers=[poller("10:30:00")], polls=[failed, succeeded])

    assert before.endswith("the poll at 10:15:00 failed: 502: gone; instance 1 polls next at 10:45:00")
    assert "the poll at 10:30:00 did not find it" in after


def test_of_several_instances_each_says_its_own() -> None:
    reasons = said(
        changes=[change("10:01:00")],
        pollers=[poller("10:15:00"), poller("10:00:00", instance=2, silent="the instance is disabled")],
        polls=[poll("10:15:00", "10:00:00", ("7", "CREATED"))],
        deliveries=[delivery("10:15:00", "contacts/7 CREATED", "delivered", ("10:15:00", 200))],
    )

    assert reasons == [
        "contacts 7 was created at 10:01:00; contacts are not polled: the instance is disabled"
    ]


def test_with_several_instances_none_of_which_polls_a_kind_none_is_blamed() -> None:
    nothing = {"resources": []}

    reasons = said(
        changes=[change("10:01:00")], pollers=[poller(None, **nothing), poller(None, instance=2, **nothing)]
    )

    assert reasons == ["contacts 7 was created at 10:01:00; no instance polls contacts"]


def test_a_change_after_the_one_that_was_reported_is_the_one_that_counts() -> None:
    (reason,) = said(
        changes=[change("10:01:00"), change("10:20:00", "UPDATED")],
        pollers=[poller("10:15:00")],
        polls=[poll("10:15:00", "10:00:00", ("7", "CREATED"))],
        deliveries=[delivery("10:15:00", "contacts/7 CREATED", "delivered", ("10:15:00", 200))],
    )

    assert reason.startswith("contacts 7 was updated at 10:20:00; contacts have not been polled since")


def test_changes_that_were_reported_one_by_one_need_no_reason() -> None:
    reasons = said(
        changes=[change("10:01:00"), change("10:20:00", "UPDATED")],
        pollers=[poller("10:30:00")],
        polls=[
            poll("10:15:00", "10:00:00", ("7", "CREATED")),
            poll("10:30:00", "10:15:00", ("7", "UPDATED")),
        ],
        deliveries=[
            delivery("10:15:00", "contacts/7 CREATED", "delivered", ("10:15:00", 200)),
            delivery("10:30:00", "contacts/7 UPDATED", "delivered", ("10:30:00", 503), ("10:30:04", 200)),
        ],
    )

    assert reasons == []


def sent(*owed: JsonObject, callback_url: str = BIN) -> str:
    (reason,) = said(
        changes=[change("10:01:00")],
        pollers=[poller("10:15:00", callbackUrl=callback_url)],
        polls=[poll("10:15:00", "10:00:00", ("7", "CREATED"))],
        deliveries=list(owed),
    )
    return reason.removeprefix("contacts 7 was created at 10:01:00; ")


def test_a_callback_that_is_not_there_says_how_far_it_has_come() -> None:
    event = "contacts/7 CREATED"

    assert sent(callback_url="") == "the poll at 10:15:00 reported it, but there is no callback URL"
    assert sent() == "the poll at 10:15:00 reported it, but its notification has no subscriber"
    assert sent(delivery("10:15:00", event, "created", due=instant("10:15:00"))) == (
        "its callback has not been sent; it is tried at 10:15:00"
    )
    assert sent(delivery("10:15:00", event, "queued", ("10:15:00", None))) == (
        "its callback did not get through: connection refused at 10:15:00; it is queued, and not tried again"
    )
    many = [(f"10:15:0{second}", 503) for second in range(5)]
    assert sent(delivery("10:15:00", event, "retry", *many, due=instant("10:16:00"))) == (
        "its callback was answered 503 at 10:15:02, 503 at 10:15:03, 503 at 10:15:04; it is tried again at 10:16:00"
    )


def test_an_email_is_no_callback_that_could_be_missing() -> None:
    reasons = said(
        changes=[change("10:01:00")],
        pollers=[poller("10:15:00")],
        polls=[poll("10:15:00", "10:00:00", ("7", "CREATED"))],
        deliveries=[
            delivery("10:15:00", "contacts/7 CREATED", "notified", channel="email"),
            delivery("10:15:00", "contacts/7 CREATED", "delivered", ("10:15:00", 200)),
        ],
    )

    assert reasons == []


def test_records_that_share_a_reason_share_a_line() -> None:
    reasons = said(
        changes=[change("10:16:00", number=str(number)) for number in range(5)],
        pollers=[poller("10:15:00")],
        now="10:16:00",
    )

    assert reasons == [
        (
            "contacts 0, contacts 1, contacts 2 and 2 more were created at 10:16:00; contacts have not been polled since; "
            "instance 1 polls next at 10:45:00; the clock has not moved since"
        )
    ]


def test_what_was_polled_before_all_that_is_kept_was_pruned_and_not_lost() -> None:
    gone = {"at": instant("10:30:00"), "before": instant("10:20:00")}
    known = {"pollers": [poller("10:30:00")], "polls": [poll("10:30:00", "10:15:00")]}

    (old,) = said(changes=[change("10:01:00")], pruned_polls=gone, **known)
    (new,) = said(changes=[change("10:20:00")], pruned_polls=gone, **known)

    assert old == "contacts 7 was created at 10:01:00; what was polled before 10:20:00 was pruned at 10:30:00"
    assert "pruned" not in new


def test_a_record_whose_changes_are_no_longer_kept_is_said_to_be_one() -> None:
    observed = Observed(
        workspace="mine",
        bin_url=BIN,
        now=instant("10:30:00"),
        is_virtual=True,
        pruned_changes={"at": instant("10:30:00"), "before": instant("10:20:00")},
    )

    assert sentences(Unreported(observed, Plain()).of("contacts", "contacts", "7")) == [
        "contacts 7 was not changed lately; what was changed before 10:20:00 was pruned at 10:30:00"
    ]


def test_a_callback_that_made_room_in_the_sink_is_said_to_have_come() -> None:
    taken = delivery("10:15:00", "contacts/7 CREATED", "delivered", ("10:15:00", 200), notificationId=5)
    known = {
        "changes": [change("10:01:00")],
        "pollers": [poller("10:15:00")],
        "polls": [poll("10:15:00", "10:00:00", ("7", "CREATED"))],
        "deliveries": [taken],
    }
    there = {"headers": {"Elements-Webhook-Id": "5"}}

    assert said(**known, callbacks=[there], pruned_callbacks_at=instant("10:20:00")) == []
    assert said(**known, pruned_callbacks_at=None) == []
    assert said(**known, pruned_callbacks_at=instant("10:20:00")) == [
        (
            "contacts 7 was created at 10:01:00; its callback came, and made room for others in the sink: "
            "pruned at 10:20:00"
        )
    ]
