"""Element instances: made, replaced, changed in parts, shown."""

from datetime import UTC, datetime, timedelta

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.kit.values import replace
from elements_local.platform.configuration.instance_json import InstanceRequest
from elements_local.platform.core.instance import Instance
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.errors import InvalidRequestError
from elements_local.platform.instances.instance import (
    clean,
    make,
    patch,
    put,
    reaches_anew,
    revive,
    switch,
    trace,
)

MASK = "********"
NOW = datetime(2026, 3, 2, 10, 0, 0, 987_654, tzinfo=UTC)
CREDENTIALS = {"username": "ada", "password": "0123"}


def made(**said) -> Instance:
    body = InstanceRequest(**{"name": "My Insightly", "configuration": CREDENTIALS, **said})
    return make(body, INSIGHTLY, instance_id=123456, token="dG9rZW4=", now=NOW)


def replaced(instance: Instance, **said) -> Instance:
    return put(instance, InstanceRequest(**{"name": "My Insightly", **said}), INSIGHTLY)


def changed(instance: Instance, **said) -> Instance:
    return patch(instance, InstanceRequest(**said), INSIGHTLY)


def test_a_new_instance_is_what_was_said_and_the_rest_by_default():
    instance = made()

    assert (instance.id, instance.token, instance.name) == (123456, "dG9rZW4=", "My Insightly")
    assert instance.element_key == "insightly"
    assert instance.created == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert instance.configuration["password"] == "0123"
    assert instance.configuration["event.poller.refresh_interval"] == "15"
    assert (instance.disabled, instance.polling_disabled, instance.subscription_id) == (False, False, None)
    assert instance.external_authentication == "none"


@each_row(
    ("tags", "kept"),
    {
        "none: the name": (None, ("My Insightly",)),
        "an empty list: the name": ((), ("My Insightly",)),
        "as they came": (("b", "a"), ("b", "a")),
    },
)
def test_tags_of_a_new_instance(tags, kept):
    assert made(tags=tags).tags == kept


@each_row("name", [None, "", "  ", "<b></b>", "<br>", "<!-- x -->"])
def test_a_name_that_is_nothing_but_markup_is_refused(name):
    says = r"name (must be a text that is more than markup; got|is missing)"
    for call in (made, lambda name: replaced(made(), name=name)):
        with pytest.raises(InvalidRequestError, match=says):
            call(name=name)
    if name is not None:
        with pytest.raises(InvalidRequestError, match=says):
            changed(made(), name=name)


def test_put_replaces_name_tags_and_configuration():
    others = {"event.notification.enabled": "true", "pagination.max": 50, "mine": 5}
    before = made(tags=("old",), configuration={**CREDENTIALS, **others})
    after = replaced(before, name="New", tags=("new",), configuration={"event.poller.refresh_interval": 5})

    assert (after.name, after.tags) == ("New", ("new",))
    assert after.configuration == {**made().configuration, "event.poller.refresh_interval": "5"}


def test_put_and_patch_may_take_all_tags_away():
    before = made(tags=("old",))

    assert [replaced(before, tags=tags).tags for tags in (None, (), ("a",))] == [
        ("My Insightly",),
        (),
        ("a",),
    ]
    assert [changed(before, tags=tags).tags for tags in ((), ("a",))] == [(), ("a",)]


@pytest.mark.assumed
def test_put_keeps_credentials_that_are_left_out():
    credentials = {**CREDENTIALS, "event.notification.basic.password": "p"}
    after = replaced(made(configuration=credentials), configuration={"event.notification.enabled": True})

    assert credentials.items() <= after.configuration.items()


@each_row(("password", "kept"), [(MASK, "0123"), ("new", "new"), (None, None), ("", None)])
def test_put_takes_a_password_at_its_word_unless_it_is_the_mask(password, kept):
    assert replaced(made(), configuration={"password": password}).configuration["password"] == kept


def test_patch_changes_what_is_said():
    before, url = made(tags=("a", "b")), {"event.notification.callback.url": "http://new"}
    after = changed(before, name="<i>New</i>", tags=("c",), configuration=url)

    assert changed(before) == before
    assert after == replace(before, name="New", tags=("c",), configuration={**before.configuration, **url})


@each_row("change", [replaced, changed])
def test_put_and_patch_leave_what_no_client_can_say(change):
    before = replace(made(), disabled=True, polling_disabled=True, subscription_id=5)

    assert change(before, name="New") == replace(before, name="New", tags=change(before, name="New").tags)


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


@each_row(
    ("polling_disabled", "disabled", "left"),
    [(True, False, False), (True, True, True), (False, False, False), (False, True, False)],
)
def test_enabling_lets_a_poller_start_anew_and_disabling_leaves_it_as_it_is(polling_disabled, disabled, left):
    before = replace(made(), polling_disabled=polling_disabled)

    assert switch(before, disabled=disabled) == replace(before, disabled=disabled, polling_disabled=left)


@pytest.mark.assumed
@each_row(
    ("before", "after", "left"),
    [("false", "true", False), ("true", "true", True), ("true", "false", True), ("false", "false", True)],
)
def test_a_poller_starts_anew_where_events_are_switched_on(before, after, left):
    stopped, changed_to = (
        replace(
            made(configuration={**CREDENTIALS, "event.notification.enabled": flag}), polling_disabled=True
        )
        for flag in (before, after)
    )

    assert revive(stopped, changed_to) == replace(changed_to, polling_disabled=left)


@each_row(
    ("configuration", "anew"),
    [
        ({"password": "another"}, True),
        ({"base.url": "https://crm.example.com"}, True),
        ({"password": "********"}, False),
        ({"username": "grace"}, False),
        ({"event.poller.refresh_interval": 1}, False),
    ],
)
def test_only_another_password_or_place_reaches_the_crm_anew(configuration, anew):
    before = made()

    assert reaches_anew(before, changed(before, configuration=configuration), INSIGHTLY) is anew


def test_traces_are_logged_for_so_many_minutes_until_that_is_ended():
    traced = trace(made(), minutes=90, now=NOW)

    assert traced.trace_logging_until == NOW + timedelta(minutes=90)
    assert trace(traced, minutes=None, now=NOW) == made()


def test_traces_cannot_be_logged_beyond_the_calendar():
    with pytest.raises(InvalidRequestError, match="duration: 999999999 minutes from now lie beyond"):
        trace(made(), minutes=999_999_999, now=datetime(9000, 1, 1, tzinfo=UTC))
