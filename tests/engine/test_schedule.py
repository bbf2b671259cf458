"""Scheduled calls as due work: each at its exact instant."""

from datetime import timedelta

import pytest

from mock_kit.workspaces.clock import Mode
from mock_platform.hub.scheduled_call import ScheduledCall
from mock_platform.hub.store_scheduled import ScheduledCalls
from mock_platform.jobs.due_job import JobKind
from mock_platform.jobs.store import Jobs

DAY = timedelta(days=1)


@pytest.fixture
def acme(bench):
    return bench.workspace("acme")


@pytest.fixture
def schedule(bench, acme):
    """Plan a call every six hours, the first one in two."""
    instance = bench.instance(acme)
    now = acme.clock.now()

    def make(number):
        return ScheduledCall(
            number=number,
            instance_id=instance.id,
            method="GET",
            target="/elements/api-v2/hubs/crm/users",
            headers={"Authorization": "x"},
            body=b"",
            url="http://receiver.test/x",
            cron="0 */6 * * *",
            created=now,
        )

    return bench.store[ScheduledCalls].add("acme", make, due=now + timedelta(hours=2))


@pytest.fixture
def made(bench, acme):
    """When the hub was called so far."""
    instants = []

    def answer(_method, url, _body):
        if url.endswith("/hubs/crm/users"):
            instants.append(acme.clock.now())

    bench.wire.answer = answer
    return instants


@pytest.mark.usefixtures("schedule")
def test_a_day_has_four_instants_and_leaves_the_next_planned(bench, acme, made):
    start = acme.clock.now()

    bench.engine.advance(acme, start + DAY)

    assert [f"{at:%d %H:%M:%S}" for at in made] == [
        "02 12:00:00",
        "02 18:00:00",
        "03 00:00:00",
        "03 06:00:00",
    ]
    assert bench.store[Jobs].dues("acme", JobKind.SCHEDULED) == {"1": start + DAY + timedelta(hours=2)}


@pytest.mark.usefixtures("schedule")
def test_of_instants_that_a_clock_leapt_over_one_is_made_up_for(bench, acme, made):
    then = acme.clock.now() + DAY
    bench.engine.set_clock(acme, Mode.VIRTUAL, then)

    bench.engine.advance(acme, then + timedelta(hours=1))

    assert made == [then]
