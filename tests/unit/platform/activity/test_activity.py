"""What is told of what happens: the line, and what it is about."""

import re
from datetime import UTC, datetime
from pathlib import Path

from each_row import each_row

from elements_local.platform.accounts.directory import FailurePolicy
from elements_local.platform.activity.store import ActivityKind
from elements_local.platform.callbacks import activity_messages as callback_messages
from elements_local.platform.callbacks.activity_messages import CallbackSubject
from elements_local.platform.callbacks.delivery import after_attempt
from elements_local.platform.core.poll import Decision, Poll, PollVerdict, Resource
from elements_local.platform.core.settings import CLOUD_ELEMENTS
from elements_local.platform.events.records import Attempt, Delivery, DeliveryStatus
from elements_local.platform.polling import task as poll_lines

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILTERED = Resource(name="contacts", url="/hubs/crm/contacts?where=updated>'${date:yyyy}'")
UNFILTERED = Resource(name="contacts", url="/hubs/crm/contacts")
IGNORED = Decision(
    record_id="5", updated=None, created=None, date=NOON, verdict=PollVerdict.IGNORED, why="it is old"
)
ADA = CallbackSubject(changes=(("contacts", "CREATED", "5"),), instance_id=7)


def test_a_poll_that_passed_over_what_it_asked_for_as_changed_is_told_and_what_is_always_there_is_not():
    passed_over = Poll(
        instance_id=7,
        resource="contacts",
        window_from=NOON,
        at=NOON,
        request_url="/",
        request_status=200,
        seen=1,
        decisions=(IGNORED,),
    )

    told = poll_lines.polled(passed_over, FILTERED)
    assert told.text == "poll of contacts: 1 seen, 0 reported (instance 7): it is old"
    assert poll_lines.polled(passed_over, UNFILTERED) is None


def lines_attempted(*, status=503, reason="answered 503", failed_before=0, policy=FailurePolicy.RETRY):
    delivery = Delivery(
        notification_id=1,
        subscription_id=1,
        status=DeliveryStatus.RETRY,
        created=NOON,
        updated=NOON,
        tries=failed_before,
        failures=failed_before,
        first_failure=NOON if failed_before else None,
    )
    outcome = after_attempt(delivery, succeeded=not reason, policy=policy, schedule=CLOUD_ELEMENTS, now=NOON)
    attempt = Attempt(number=failed_before + 1, at=NOON, url="http://sink/x", status=status, reason=reason)
    told = callback_messages.attempted(attempt, ADA, outcome, schedule=CLOUD_ELEMENTS)
    return [each.text for each in told]


TOLD = "callback POST http://sink/x -> {} (contacts CREATED 5){}"


@each_row(
    ("attempt", "lines"),
    {
        "taken at the third": (
            {"status": 200, "reason": "", "failed_before": 2},
            [TOLD.format(200, ", attempt 3")],
        ),
        "without an answer": (
            {"status": None, "reason": "timed out", "failed_before": 8},
            [
                TOLD.format("no answer: timed out", ", attempt 9"),
                "retry at 2026-03-05 12:49:04 (9 of 9) of contacts CREATED 5",
            ],
        ),
        "queued at once": (
            {"policy": FailurePolicy.QUEUE},
            [
                TOLD.format(503, ", attempt 1"),
                "callback queued after 1 attempt, as the account's failure policy says (contacts CREATED 5)",
            ],
        ),
    },
)
def test_an_attempt_is_told_with_what_comes_of_it(attempt, lines):
    assert lines_attempted(**attempt) == lines


def test_a_callback_that_is_put_aside_is_told():
    told = callback_messages.queue_undelivered(ADA)

    assert told.text == "callback queued unsent, its subscription is deactivated (contacts CREATED 5)"
    assert told.about["outcome"] == "queued"


def test_a_callback_of_many_changes_tells_the_first():
    subject = CallbackSubject(changes=(("contacts", "CREATED", "5"), ("contacts", "UPDATED", "")) * 6)

    assert subject.text == "contacts CREATED 5 and 11 more"
    assert (subject.about["events"], len(subject.about["changes"])) == (12, 10)


@each_row(
    ("body", "subject"),
    [
        (
            b'{"message":{"instanceId":7,"raw":{},"events":[{"eventType":"CREATED","objectId":"5","objectType":"contacts"}]}}',
            ADA,
        ),
        (
            b'{"message":{"instanceId":7,"events":[{"eventType":"UPDATED","objectType":"x"}]}}',
            CallbackSubject(changes=(("x", "UPDATED", ""),), instance_id=7),
        ),
        (b'{"message":{"instanceId":7,"events":[]}}', CallbackSubject(instance_id=7)),
        (b'{"message":"said by somebody"}', CallbackSubject()),
        (b"\xff", CallbackSubject()),
    ],
)
def test_what_a_callback_is_about_is_read_from_its_body(body, subject):
    assert callback_messages.subject_of(body) == subject


def test_every_kind_is_on_the_page_that_tells_of_them_and_no_other():
    page = (Path(__file__).parents[4] / "docs" / "warnings.md").read_text("utf-8")
    table = page.partition("| kind | what happened | beside `text` |\n")[2].partition("\n\n")[0]

    assert {*re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE)} == {kind.value for kind in ActivityKind}
