"""What the platform remembers: instances, how far they are polled, jobs, polls, events and deliveries."""

from datetime import UTC, datetime, timedelta

import pytest
from rooms import Room, change_instance, polled
from sqlalchemy import select

from elements_local.kit.storage.narrowing import WorkspaceStatement
from elements_local.kit.values import replace
from elements_local.platform.callbacks.store_attempts import Attempts
from elements_local.platform.core import tables
from elements_local.platform.core.instance import User
from elements_local.platform.core.poll import Decision, Poll, PollVerdict
from elements_local.platform.events import event
from elements_local.platform.events.store import EventFilter, Events, history_retention
from elements_local.platform.events.store_notifications import NewNotification, Notifications
from elements_local.platform.events.store_subscriptions import Subscriptions
from elements_local.platform.instances.store import Instances
from elements_local.platform.jobs.store import Job, JobKind, Jobs, NextRun
from elements_local.platform.polling.store import Polls, PollSearch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=15)
FIRST = 100
OWNER = User(
    id=1, account_id=2, company_id=3, email="olive@acme.example", first_name="Olive", last_name="Owner"
)
WEIRD = "Ünïcödé 漢字 🚀 \u202e <b> ' \" \\ % _ \n\t"


def poll_of(instance, **changes):
    plain = Poll(
        instance_id=instance.id,
        resource="contacts",
        window_from=NOON,
        at=LATER,
        request_url="/hubs/crm/contacts",
        request_status=200,
    )
    return replace(plain, **changes)


@pytest.fixture
def succeed(store):
    def keep(instance, notifications=1, body=b"{}", shares=None, **changes):
        poll = poll_of(instance, events=notifications, **changes)
        with store.transaction("acme") as tx:
            Polls(tx).keep([(poll, poll.at)])
            made = Notifications(tx)
            first = made.take_ids(notifications, first=5000)
            for number in range(first, first + notifications):
                made.publish(
                    NewNotification(
                        id=number,
                        event_id=f"event-{number}",
                        instance_id=instance.id,
                        topic=event.topic(instance),
                        created=LATER,
                        raw="5000" if shares and number > 5000 else '{"contacts":[]}',
                        body=body,
                        owner=OWNER,
                    )
                )

    return keep


@pytest.fixture
def fail(store):
    def keep(poll):
        with store.transaction("acme") as tx:
            Polls(tx).keep([(poll, poll.at)])

    return keep


def due(store, workspace="acme", until=LATER):
    """Return the jobs that are due, in their order, and take them off the agenda."""
    taken = []
    while job := Room(store, Jobs, workspace).first_due(until=until):
        taken.append((job.kind, job.subject, job.due))
        Room(store, Jobs, job.workspace).remove(job)
    return taken


def test_an_instance_comes_back_as_it_was_kept(store, add):
    made = add(
        name=WEIRD,
        tags=(WEIRD, ""),
        configuration={"username": WEIRD, "password": None, "": "", "huge": "x" * 100_000},
        created=datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC),
        external_authentication="initial",
        disabled=True,
        polling_disabled=True,
    )

    assert Room(store, Instances, "acme").get(made.id) == made
    assert Room(store, Instances, "acme").with_token(made.token) == made
    assert Room(store, Instances, "acme").all() == [made]
    assert (made.name, made.tags, made.configuration["huge"]) == (WEIRD, (WEIRD, ""), "x" * 100_000)
    assert made.created.microsecond == 123456
    assert made.subscription_id is not None


def test_a_nul_that_not_every_database_keeps_in_a_text_is_kept_as_a_replacement_character(store, add, fail):
    made = add(name="a\0b", external_authentication="\0", planned=polled("contacts", url="http://a\0b/"))
    fail(poll_of(made, error="\0", request_url="/\0"))

    assert (made.name, made.external_authentication) == ("a\ufffdb", "\ufffd")
    assert [(poll.error, poll.request_url) for poll in Room(store, Polls, "acme").latest(limit=9)] == [
        ("\ufffd", "/\ufffd")
    ]
    assert Room(store, Polls, "acme").latest(PollSearch(resource="\0"), limit=9) == []
    assert Room(store, Instances, "acme").with_token("\0") is None
    assert Room(store, Events).get(EventFilter(), "\0") is None


def test_ids_are_consecutive_and_never_given_twice(store, add):
    first, second = add(), add()
    Room(store, Instances, "acme").delete(second.id)
    third = add()

    assert [first.id, second.id, third.id] == [FIRST, FIRST + 1, FIRST + 2]
    assert [instance.id for instance in Room(store, Instances, "acme").all()] == [FIRST, FIRST + 2]


@pytest.mark.parametrize("database_url", [None], ids=["temporary"])
def test_a_token_selects_an_instance_as_it_is_by_now_where_it_is_read_once(store, add):
    made = add()
    read = [Room(store, Instances, "acme").with_token(made.token) for _ in range(2)]
    changed = change_instance(
        store, "acme", made.id, lambda kept: replace(kept, name="Yours"), polled("contacts"), now=NOON
    )

    assert read == [made, made]
    assert Room(store, Instances, "acme").with_token(made.token) == changed != made
    Room(store, Instances, "acme").delete(made.id)
    assert Room(store, Instances, "acme").with_token(made.token) is None


def test_a_resource_is_polled_on_from_the_watermark_of_its_last_poll(store, add):
    instance = add(planned=polled("contacts", "accounts"))
    contacts, accounts = poll_of(instance), poll_of(instance, resource="accounts")

    with store.transaction("acme") as tx:
        Polls(tx).keep([(contacts, NOON), (accounts, accounts.at)])

    last = Room(store, Instances).last_polls(instance.id)
    assert {name: one.at for name, one in last.items()} == {"contacts": NOON, "accounts": LATER}


def test_deleting_an_instance_leaves_nothing_to_do(store, add, succeed):
    made, other = add(), add()
    succeed(made, 2)

    Room(store, Instances, "acme").delete(made.id)

    assert Room(store, Instances, "acme").get(made.id) is None
    assert Room(store, Instances, "acme").with_token(made.token) is None
    assert Room(store, Instances, "acme").last_polls(made.id) == {}
    assert Room(store, Subscriptions).get(made.subscription_id) is None
    assert Room(store, Events).list(EventFilter(), offset=0, limit=9) == []
    for kind, subject, _ in due(store):
        if kind is JobKind.DELIVER:
            notification, subscription = map(int, subject.split("/"))
            assert Room(store, Attempts).due([(notification, subscription)]) == {}
        else:
            assert subject == str(other.id)


def test_a_job_that_is_moved_keeps_its_number_and_that_of_one_that_was_removed_is_nobody_elses(store, add):
    made = add()
    job = Room(store, Jobs, "acme").first_due(until=LATER)

    Room(store, Jobs).run_again(NextRun(job=job, due=LATER + timedelta(hours=1)))
    moved = Room(store, Jobs, "acme").of(JobKind.POLL, str(made.id))
    Room(store, Jobs, job.workspace).remove(job)
    Room(store, Jobs).run_again(NextRun(job=job, due=LATER))

    assert moved == Job(
        number=job.number,
        workspace="acme",
        kind=JobKind.POLL,
        subject=str(made.id),
        due=LATER + timedelta(hours=1),
    )
    assert Room(store, Jobs, "acme").of(JobKind.POLL, str(made.id)) is None
    assert Room(store, Jobs, "acme").count() == 0
    add()
    assert Room(store, Jobs, "acme").first_due(until=LATER).number > job.number


def test_a_poll_comes_back_as_it_was_kept(store, add, fail):
    made = add()
    decisions = tuple(
        Decision(
            record_id=WEIRD,
            updated=None,
            created="2026-03-02 12:00:00",
            date=datetime(2026, 3, 2, 12, 0, 0, 1, tzinfo=UTC),
            verdict=verdict,
            why=WEIRD,
        )
        for verdict in PollVerdict
    )
    poll = poll_of(
        made, request_status=None, seen=3, decisions=decisions, error=WEIRD, request_url="/x?" + "y" * 5000
    )

    fail(poll)

    (kept,) = Room(store, Polls, "acme").latest(limit=9)
    assert kept == replace(poll, id=kept.id)


def test_polls_are_listed_oldest_first_the_latest_of_them_and_by_choice(store, add, succeed):
    one, two = add(), add(planned=polled("contacts", "leads"))
    for minutes in (15, 30):
        for instance, resource in ((one, "contacts"), (two, "contacts"), (two, "leads")):
            succeed(instance, 0, resource=resource, at=NOON + timedelta(minutes=minutes))

    def listed(*, limit=99, **choice):
        return [
            (poll.instance_id, poll.resource, (poll.at - NOON) // timedelta(minutes=1))
            for poll in Room(store, Polls, "acme").latest(PollSearch(**choice), limit=limit)
        ]

    everything = [(one.id, "contacts", 15), (two.id, "contacts", 15), (two.id, "leads", 15)]
    everything += [(number, resource, 30) for number, resource, _ in everything]
    assert listed() == everything
    assert listed(limit=2) == everything[-2:]
    assert listed(instance_id=one.id) == [everything[0], everything[3]]
    assert listed(resource="leads") == [everything[2], everything[5]]
    assert listed(before=Room(store, Polls, "acme").latest(limit=3)[0].id) == everything[:3]
    assert listed(unwanted="contacts") == listed(resource="leads")
    assert (Room(store, Polls).count(), Room(store, Polls).count(PollSearch(resource="leads"))) == (6, 2)
    assert Room(store, Polls, "other").latest(limit=9) == []


def test_what_was_polled_and_sent_is_kept_to_the_byte(store, add, succeed):
    made = add()
    body = f'{{"a":"{WEIRD}\u0000"}}'.encode()

    succeed(made, body=body)

    assert Room(store, Attempts).due([(5000, made.subscription_id)])[5000, made.subscription_id].body == body


def test_what_all_notifications_of_a_poll_have_is_kept_once_as_long_as_one_of_them_is(
    database, store, add, succeed
):
    def body_of(number):
        key = (number, made.subscription_id)
        return Room(store, Attempts).due([key])[key].body

    def forget(settled, now):
        done = tables.deliveries.update().where(tables.deliveries.c.notification_id == settled)
        with store.transaction("acme") as tx:
            tx.run(WorkspaceStatement(done.values(status="NOTIFIED")))
            history_retention(keep=timedelta(days=1), keep_events=timedelta(days=1)).forget(tx, now)
        with database.reading() as connection:
            kept = connection.execute(select(tables.notifications.c.id, tables.notifications.c.raw))
            return {row.id: row.raw for row in kept}

    made, raw = add(), '{"contacts":[]}'
    succeed(made, 2, body=b'{"name":"\\"raw\\":{}","raw":{}}', shares=True)
    assert body_of(5001) == b'{"name":"\\"raw\\":{}","raw":{"contacts":[]}}'

    assert forget(5000, LATER + timedelta(days=2)) == {5000: raw, 5001: "5000"}
    assert body_of(5001).endswith(b'"raw":{"contacts":[]}}')
    assert forget(5001, LATER + timedelta(days=3)) == {5000: raw}
    assert forget(5001, LATER + timedelta(days=4)) == {}
