"""What saving an instance means for its polling and its callbacks."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row

from elements_local.kit.values import replace
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.instance import Instance
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.instances.instance import PollPlan, plan

NOW = datetime(2026, 3, 2, 10, 7, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
URL = "http://sink/default"


def instance(*, polling_disabled=False, disabled=False, resources=("contacts",), **changes) -> Instance:
    sent = {
        "username": "ada",
        "password": "0123",
        "event.notification.enabled": True,
        "event.notification.callback.url": URL,
        "event.poller.configuration": {name: {} for name in resources},
        **{f"event.{key.replace('__', '.')}": value for key, value in changes.items()},
    }
    return Instance(
        id=1,
        token="t",
        name="n",
        tags=(),
        element_key="insightly",
        configuration=configuration.complete(sent, INSIGHTLY),
        created=NOW,
        disabled=disabled,
        polling_disabled=polling_disabled,
    )


def planned(before: Instance | None, after: Instance, *, empty_block=EmptyBlock.DEFAULT) -> PollPlan:
    return plan(before, after, INSIGHTLY, empty_block=empty_block, now=NOW)


POLLED = instance()
SILENT = instance(notification__enabled=False)
STOPPED = instance(polling_disabled=True)


@pytest.mark.assumed
def test_a_new_instance_is_polled_one_interval_later():
    assert planned(None, POLLED) == PollPlan(
        resources=("contacts",),
        polled=True,
        poll_at=NOW + QUARTER,
        begins=True,
        callback_url=URL,
        reset_failures=False,
    )


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(SILENT, id="events off"),
        pytest.param(instance(vendor__type="webhook"), id="webhooks"),
        pytest.param(instance(resources=()), id="no resources"),
    ],
)
@pytest.mark.parametrize("before", [None, POLLED, SILENT], ids=["new", "polled before", "not polled before"])
def test_an_instance_without_anything_to_poll_is_not_polled(before, after):
    found = planned(before, after)

    assert (found.resources, found.polled, found.poll_at, found.reset_failures) == ((), False, None, False)


@each_row(
    "after",
    {
        "another URL": instance(notification__callback__url="http://new"),
        "one more resource": instance(resources=("contacts", "accounts")),
        "another name": replace(POLLED, name="New"),
        "the instance disabled": replace(POLLED, disabled=True),
        "the same interval written otherwise": instance(poller__refresh_interval="015"),
    },
)
def test_changes_of_anything_but_the_interval_keep_the_pace(after):
    assert planned(POLLED, after).poll_at is None
    assert planned(POLLED, after).polled


@each_row(("minutes", "later"), [("5", 5), ("60", 60), ("1", 1)])
def test_a_new_interval_counts_from_now(minutes, later):
    found = planned(POLLED, instance(poller__refresh_interval=minutes))

    assert found.poll_at == NOW + timedelta(minutes=later)


def test_a_huge_interval_parks_the_poller():
    found = planned(POLLED, instance(poller__refresh_interval="9" * 18))

    assert (found.polled, found.poll_at) == (True, datetime.max.replace(tzinfo=UTC))


@each_row(
    "before",
    {
        "events were off": SILENT,
        "events came by webhook": instance(vendor__type="webhook"),
        "there were no resources": instance(resources=()),
    },
)
def test_polling_that_is_switched_on_starts_one_interval_later(before):
    found = planned(before, POLLED)

    assert (found.resources, found.polled, found.poll_at) == (("contacts",), True, NOW + QUARTER)
    assert not found.reset_failures


@pytest.mark.assumed
def test_what_an_empty_block_means_decides_whether_there_is_a_poll():
    after = instance(resources=("contacts",))

    assert planned(None, after, empty_block=EmptyBlock.SKIP) == PollPlan(
        resources=(), polled=False, poll_at=None, begins=False, callback_url=URL, reset_failures=False
    )


def test_a_poller_that_was_switched_off_for_failures_stays_off():
    for before, after in (
        (POLLED, STOPPED),
        (STOPPED, instance(polling_disabled=True, poller__refresh_interval="5")),
    ):
        found = planned(before, after)
        assert (found.resources, found.polled) == (("contacts",), False)
        assert (found.poll_at, found.reset_failures) == (None, False)


def test_a_poller_that_is_switched_on_again_starts_anew_and_has_no_failures():
    polled, silent = planned(STOPPED, POLLED), planned(STOPPED, SILENT)

    assert (polled.polled, polled.poll_at, polled.reset_failures) == (True, NOW + QUARTER, True)
    assert (silent.polled, silent.reset_failures) == (False, True)


@each_row(
    ("changes", "url"),
    {
        "events on": ({}, URL),
        "another URL": ({"notification__callback__url": "http://new?a=1"}, "http://new?a=1"),
        "events off": ({"notification__enabled": False}, None),
        "no URL": ({"notification__callback__url": None}, None),
        "an empty URL": ({"notification__callback__url": ""}, None),
        "webhooks": ({"vendor__type": "webhook"}, URL),
    },
)
def test_events_go_to_the_callback_url_while_they_are_enabled(changes, url):
    assert planned(POLLED, instance(**changes)).callback_url == url


def test_a_configuration_is_read_however_its_resources_are_said():
    after = instance(poller__configuration=json.dumps({"tasks": {"url": "/x"}}), objects="contacts,leads")

    assert planned(None, after).resources == ("contacts", "leads")
