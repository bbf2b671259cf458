"""Instances: their names, what saving one means and how it is told, until when traces are logged, entries of lists."""

from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.kit.api.json_text import encode
from elements_local.kit.values import replace
from elements_local.platform.configuration.instance_configuration import UNSET
from elements_local.platform.configuration.instance_json import (
    InstanceRequest,
    InstanceView,
    as_entry,
    to_json,
)
from elements_local.platform.core.instance import Instance, User
from elements_local.platform.core.objects import ObjectDefinition, Objects, Transformation
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.instances.instance import (
    PollPlan,
    changed,
    clean,
    make,
    patch,
    plan,
    put,
    revive,
    switch,
    trace,
)
from elements_local.platform.instances.instance import made as told_of
from elements_local.platform.instances.service import encoded_entry

NOW = datetime(2026, 3, 2, 10, 7, 0, 987_654, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
URL = "http://sink/default"


def instance(*resources: str, **keys: object) -> Instance:
    """Return an instance that polls these resources; its keys that begin with ``event.`` are given without that, ``__`` for dots."""
    configuration = {
        "username": "ada",
        "password": "0123",
        "event.notification.enabled": True,
        "event.notification.callback.url": URL,
        "event.poller.configuration": {name: {} for name in resources},
        **{f"event.{key.replace('__', '.')}": value for key, value in keys.items()},
    }
    body = InstanceRequest(name="My Insightly", configuration=configuration)
    return make(body, INSIGHTLY, instance_id=123456, token="dG9rZW4=", now=NOW)


POLLED = instance("contacts")
UNPOLLED = instance()
WEBHOOKS = instance("contacts", vendor__type="webhook")
SILENT = instance("contacts", notification__enabled=False)
STOPPED = replace(POLLED, polling_disabled=True)


@each_row("name", ["", "  ", "<b></b>", "<br>", "<!-- x -->"])
def test_a_name_that_is_nothing_but_markup_is_refused(name):
    for change in (put, patch):
        with pytest.raises(InvalidRequestError, match="name must be a text that is more than markup; got"):
            change(POLLED, InstanceRequest(name=name), INSIGHTLY)


@each_row(
    ("name", "cleaned"),
    {
        "nothing to clean": ("My Insightly", "My Insightly"),
        "a tag": ("<b>Ada</b>", "Ada"),
        "a tag without content": ("a<br/>b", "ab"),
        "an angle in an attribute": ("<a title='>'>Ada</a>", "Ada"),
        "a tag in an attribute": ('<a title = "</a>">Ada</a>', "Ada"),
        "a quote that opens nothing": ("</b it's>Ada", "Ada"),
        "a script's text": ("<script>alert(1)</script>Ada", "alert(1)Ada"),
        "tags in a text area": ("<textarea><b>x</b></textarea>", "x"),
        "a comment": ("<!-- hidden --> Ada", "Ada"),
        "an open comment": ("Ada<!-- open", "Ada"),
        "a document type": ("<!DOCTYPE html>Ada", "Ada"),
        "an attribute cut off": ("Ada <a title='x", "Ada"),
        "a tag in a tag": ("<<b>script>x", "script>x"),
        "a tag split by a tag": ("<scr<b>ipt>x</scr<b>ipt>", "ipt>xipt>"),
        "angles that are no tags": ("1 < 2 > 0", "1 < 2 > 0"),
        "an ampersand and a blank later": ("R&D team", "R&D team"),
        "entities": ("Ada &copy 2026 &amp; &lt;b&gt; &#60; &#x3c;", "Ada &copy 2026 &amp; &lt;b&gt; &#60; &#x3c;"),
        "a bracketed address is a tag": ("<ada@example.com>", ""),
        "blanks around it": ("  Ada \n", "Ada"),
        "letters of all kinds": ("名前 🙂", "名前 🙂"),
    },
)  # fmt: skip
def test_a_name_is_cleaned_of_markup(name, cleaned):
    assert clean(name) == cleaned


@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(["<", ">", "</", "<b", "b", "<!--", "-->", "'", '"', "=", " ", "/", "!", "a"])
        ).map("".join),
    )
)
@example("<" * 50_000)
@example("<!--" * 20_000)
@example("<a =" * 20_000)
@example("<a ='" * 20_000)
def test_what_is_left_of_any_name_has_no_markup(name):
    cleaned = clean(name)

    assert clean(cleaned) == cleaned
    assert not any(f"<{start}" in cleaned for start in "ab/!?")


FRESH = PollPlan(
    resources=("contacts",),
    polled=True,
    poll_at=NOW + QUARTER,
    begins=True,
    callback_url=URL,
    reset_failures=False,
)
AS_BEFORE = replace(FRESH, poll_at=None, begins=False)
PAUSED = replace(AS_BEFORE, polled=False)
NOTHING = replace(PAUSED, resources=())
UNTOLD = replace(NOTHING, callback_url=None)


@pytest.mark.assumed
@each_row(
    ("before", "after", "planned"),
    {
        "made": (None, POLLED, FRESH),
        "made without events": (None, SILENT, UNTOLD),
        "made for webhooks": (None, WEBHOOKS, NOTHING),
        "made without resources": (None, UNPOLLED, NOTHING),
        "made with resources of its choice": (
            None,
            instance("tasks", objects="contacts,leads"),
            replace(FRESH, resources=("contacts", "leads")),
        ),
        "events on": (SILENT, POLLED, FRESH),
        "events off": (POLLED, SILENT, UNTOLD),
        "off as before": (SILENT, SILENT, UNTOLD),
        "webhooks no more": (WEBHOOKS, POLLED, FRESH),
        "webhooks from now on": (POLLED, WEBHOOKS, NOTHING),
        "resources at last": (UNPOLLED, POLLED, FRESH),
        "resources no more": (POLLED, UNPOLLED, NOTHING),
        "one resource more": (
            POLLED,
            instance("contacts", "accounts"),
            replace(AS_BEFORE, resources=("contacts", "accounts"), begins=True),
        ),
        "another name": (POLLED, replace(POLLED, name="New"), AS_BEFORE),
        "disabled": (POLLED, replace(POLLED, disabled=True), AS_BEFORE),
        "another URL": (
            POLLED,
            instance("contacts", notification__callback__url="http://new?a=1"),
            replace(AS_BEFORE, callback_url="http://new?a=1"),
        ),
        "no URL": (
            POLLED,
            instance("contacts", notification__callback__url=""),
            replace(AS_BEFORE, callback_url=None),
        ),
        "the interval written otherwise": (
            POLLED,
            instance("contacts", poller__refresh_interval="015"),
            AS_BEFORE,
        ),
        "a shorter interval": (
            POLLED,
            instance("contacts", poller__refresh_interval="5"),
            replace(AS_BEFORE, poll_at=NOW + timedelta(minutes=5)),
        ),
        "an interval without an end": (
            POLLED,
            instance("contacts", poller__refresh_interval="9" * 18),
            replace(AS_BEFORE, poll_at=datetime.max.replace(tzinfo=UTC)),
        ),
        "switched off for failures": (POLLED, STOPPED, PAUSED),
        "off, with another interval": (
            STOPPED,
            replace(instance("contacts", poller__refresh_interval="5"), polling_disabled=True),
            PAUSED,
        ),
        "on again": (STOPPED, POLLED, replace(FRESH, begins=False, reset_failures=True)),
        "on again without events": (STOPPED, SILENT, replace(UNTOLD, reset_failures=True)),
    },
)
def test_what_saving_an_instance_means_for_its_polls_and_callbacks(before, after, planned):
    assert plan(before, after, INSIGHTLY, empty_block=EmptyBlock.DEFAULT, now=NOW) == planned


TOLD = "instance 123456"
ENABLED = "events enabled, polls contacts every 15 min, first at 10:22:00"


@each_row(
    ("before", "after", "lines"),
    {
        "made": (None, POLLED, [f"{TOLD} made: My Insightly", f"{ENABLED} ({TOLD})"]),
        "made without resources": (
            None,
            UNPOLLED,
            [f"{TOLD} made: My Insightly", f"events enabled, nothing is polled ({TOLD})"],
        ),
        "made without events": (None, SILENT, [f"{TOLD} made: My Insightly"]),
        "nothing": (POLLED, POLLED, []),
        "its parts and its configuration": (
            POLLED,
            replace(instance("contacts", poller__refresh_interval=30), name="Other", tags=()),
            [f"{TOLD} changed: name, tags, event.poller.refresh_interval"],
        ),
        "more than fits": (
            POLLED,
            instance("contacts", **{f"own_{nth}": "x" for nth in range(9)}),
            [f"{TOLD} changed: " + ", ".join(f"event.own_{nth}" for nth in range(8)) + " and more"],
        ),
        "switched off": (POLLED, replace(POLLED, disabled=True), [f"{TOLD} disabled"]),
        "switched on": (replace(POLLED, disabled=True), POLLED, [f"{TOLD} enabled"]),
        "events off": (POLLED, SILENT, [f"events disabled ({TOLD})"]),
        "events on": (SILENT, POLLED, [f"{ENABLED} ({TOLD})"]),
        "its poller on again": (STOPPED, POLLED, [f"poller switched on again ({TOLD})"]),
        "its poller paused": (
            POLLED,
            STOPPED,
            [f"poller paused by hand, polls nothing until it is enabled ({TOLD})"],
        ),
    },
)
def test_what_is_saved_is_told_by_the_names_of_what_is_another(before, after, lines):
    planned = plan(before, after, INSIGHTLY, empty_block=EmptyBlock.DEFAULT, now=NOW)

    told = changed(before, after, planned, now=NOW) if before else told_of(after, planned, now=NOW)

    assert [each.text for each in told] == lines


def test_what_an_empty_block_means_decides_whether_there_is_a_poll():
    assert plan(None, POLLED, INSIGHTLY, empty_block=EmptyBlock.SKIP, now=NOW) == NOTHING


@each_row(
    ("polling_disabled", "disabled", "left"),
    [(True, False, False), (True, True, True), (False, False, False), (False, True, False)],
)
def test_enabling_lets_a_poller_start_anew_and_disabling_leaves_it_as_it_is(polling_disabled, disabled, left):
    before = replace(POLLED, polling_disabled=polling_disabled)

    assert switch(before, disabled=disabled) == replace(before, disabled=disabled, polling_disabled=left)


@pytest.mark.assumed
@each_row(
    ("before", "after", "left"),
    [(SILENT, POLLED, False), (POLLED, POLLED, True), (POLLED, SILENT, True), (SILENT, SILENT, True)],
)
def test_a_poller_starts_anew_where_events_are_switched_on(before, after, left):
    stopped, saved = (replace(each, polling_disabled=True) for each in (before, after))

    assert revive(stopped, saved) == replace(saved, polling_disabled=left)


def test_traces_cannot_be_logged_beyond_the_calendar():
    with pytest.raises(InvalidRequestError, match="duration: 999999999 minutes from now lie beyond"):
        trace(POLLED, minutes=999_999_999, now=datetime(9000, 1, 1, tzinfo=UTC))


OWNER = User(
    id=33, account_id=11, company_id=22, email="ada@example.com", first_name="Ada", last_name="Byron"
)
DEFINITIONS = {"people": ObjectDefinition(), "firms": ObjectDefinition()}
MAPPED = {
    "people": Transformation(vendor_name="contacts"),
    "firms": Transformation(vendor_name="organisations"),
}
SHOWN = replace(
    POLLED,
    configuration={"username": "ada", "password": "0123"},
    objects=Objects(definitions=DEFINITIONS, transformations=MAPPED),
    subscription_id=77,
)


def view(instance: Instance, *, now=NOW) -> InstanceView:
    return InstanceView.at(now, instance, INSIGHTLY, OWNER)


@each_row(
    ("passed", "logged"),
    {
        "at once": (timedelta(0), True),
        "just before the end": (timedelta(minutes=5, microseconds=-1), True),
        "at the end": (timedelta(minutes=5), False),
    },
)
def test_traces_are_shown_to_be_logged_until_their_time_is_over(passed, logged):
    instance = replace(SHOWN, trace_logging_until=NOW + timedelta(minutes=5))

    shown = to_json(view(instance, now=NOW + passed), unset=UNSET)

    assert shown.trace_logging_enabled is logged


@each_row(
    "changes",
    {
        "order of keys": {"configuration": {"password": "0123", "username": "ada"}},
        "order of objects": {
            "objects": Objects(definitions=DEFINITIONS, transformations=dict(reversed(MAPPED.items())))
        },
        "subscription": {"subscription_id": 78},
        "traces": {"trace_logging_until": NOW + timedelta(minutes=1)},
    },
)
def test_an_entry_is_that_of_the_instance_as_it_is_by_now(changes):
    views = [view(SHOWN), view(replace(SHOWN, **changes))]

    entries = [bytes(encoded_entry(each, unset=UNSET, hydrate=True)) for each in views]

    assert entries == [encode(as_entry(to_json(each, unset=UNSET), hydrate=True)) for each in views]
    assert entries[0] != entries[1]
