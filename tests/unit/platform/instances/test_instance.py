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


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        pytest.param(None, ("My Insightly",), id="none: the name"),
        pytest.param((), ("My Insightly",), id="an empty list: the name"),
        pytest.param(("b", "a"), ("b", "a"), id="as they came"),
    ],
)
def test_tags_of_a_new_instance(tags, kept):
    assert made(tags=tags).tags == kept


@pytest.mark.parametrize("name", [None, "", "  ", "<b></b>", "<br>", "<!-- x -->"], ids=repr)
def test_a_name_that_is_nothing_but_markup_is_refused(name):
    with pytest.raises(
        InvalidRequestError, match=r"name (must be a text that is more than markup; got|is missing)"
    ):
        made(name=name)
    with pytest.raises(InvalidRequestError):
        replaced(made(), name=name)


@pytest.mark.parametrize("name", ["", " ", "<b></b>"])
def test_a_name_cannot_be_changed_to_nothing(name):
    with pytest.raises(InvalidRequestError):
        changed(made(), name=name)


def test_put_replaces_name_tags_and_configuration():
    before = made(
        tags=("old",),
        configuration={**CREDENTIALS, "event.notification.enabled": "true", "pagination.max": 50, "mine": 5},
    )

    after = replaced(before, name="New", tags=("new",), configuration={"event.poller.refresh_interval": 5})

    assert (after.name, after.tags) == ("New", ("new",))
    assert after.configuration == {**made().configuration, "event.poller.refresh_interval": "5"}


@pytest.mark.parametrize(
    ("tags", "kept"), [(None, ("My Insightly",)), ((), ()), (("a",), ("a",))], ids=["none", "empty", "one"]
)
def test_put_may_take_all_tags_away(tags, kept):
    assert replaced(made(tags=("old",)), tags=tags).tags == kept


@pytest.mark.assumed
def test_put_keeps_credentials_that_are_left_out():
    before = made(configuration={**CREDENTIALS, "event.notification.basic.password": "p"})

    after = replaced(before, configuration={"event.notification.enabled": True})

    assert after.configuration["username"] == "ada"
    assert after.configuration["password"] == "0123"
    assert after.configuration["event.notification.basic.password"] == "p"


@pytest.mark.parametrize(
    ("password", "kept"), [(MASK, "0123"), ("new", "new"), (None, None), ("", None)], ids=repr
)
def test_put_takes_a_password_at_its_word_unless_it_is_the_mask(password, kept):
    assert replaced(made(), configuration={"password": password}).configuration["password"] == kept


def test_patch_of_nothing_changes_nothing():
    before = made(tags=("a",))

    assert changed(before) == before


def test_patch_changes_what_is_said():
    before = made(tags=("a", "b"))

    after = changed(
        before,
        name="<i>New</i>",
        tags=("c",),
        configuration={"event.notification.callback.url": "http://new"},
    )

    assert after == replace(
        before,
        name="New",
        tags=("c",),
        configuration={**before.configuration, "event.notification.callback.url": "http://new"},
    )


@pytest.mark.parametrize("change", [replaced, changed])
def test_put_and_patch_leave_what_no_client_can_say(change):
    before = replace(made(), disabled=True, polling_disabled=True, subscription_id=5)

    after = change(before, name="New")

    assert (after.id, after.token, after.created, after.element_key) == (
        before.id,
        before.token,
        before.created,
        before.element_key,
    )
    assert (after.disabled, after.polling_disabled, after.subscription_id) == (True, True, 5)


@each_row(
    ("name", "cleaned"),
    {
        "nothing to clean": ("My Insightly", "My Insightly"),
        "a tag": ("<b>Ada</b>", "Ada"),
        "attributes": ("<b class='x' onclick=\"y()\">Ada</b>", "Ada"),
        "a tag without content": ("a<br/>b", "ab"),
        "a slash for a blank": ("<svg/onload=alert(1)>Ada", "Ada"),
        "an angle in an attribute": ("<a title='>'>Ada</a>", "Ada"),
        "a tag in an attribute": ('<a title = "</a>">Ada</a>', "Ada"),
        "an attribute without a value": ("<a title=>Ada</a>", "Ada"),
        "a quote that opens nothing": ("</b it's>Ada", "Ada"),
        "a script's text": ("<script>alert(1)</script>Ada", "alert(1)Ada"),
        "tags in a script": ("<script><b>x</b></script>", "x"),
        "tags in a text area": ("<textarea><b>x</b></textarea>", "x"),
        "a comment": ("<!-- hidden --> Ada", "Ada"),
        "tags in a comment": ("<!-- <b>x</b> -->Ada", "Ada"),
        "an open comment": ("Ada<!-- open", "Ada"),
        "a document type": ("<!DOCTYPE html>Ada", "Ada"),
        "an instruction": ("<?php x ?>Ada", "Ada"),
        "character data": ("<![CDATA[x]]>Ada", "Ada"),
        "a tag cut off": ("Ada <b", "Ada"),
        "an attribute cut off": ("Ada <a title='x", "Ada"),
        "a tag in a tag": ("<<b>script>x", "script>x"),
        "two angles too many": ("<<<b>b>x", "b>x"),
        "a tag split by a tag": ("<scr<b>ipt>x</scr<b>ipt>", "ipt>xipt>"),
        "angles that are no tags": ("1 < 2 > 0", "1 < 2 > 0"),
        "a heart": ("I <3 you", "I <3 you"),
        "an ampersand": ("AT&T", "AT&T"),
        "an ampersand and a blank later": ("R&D team", "R&D team"),
        "entities": ("Ada &copy 2026 &amp; &lt;b&gt; &#60; &#x3c;", "Ada &copy 2026 &amp; &lt;b&gt; &#60; &#x3c;"),
        "an at": ("ada@example.com", "ada@example.com"),
        "a bracketed address is a tag": ("<ada@example.com>", ""),
        "blanks around it": ("  Ada \n", "Ada"),
        "blanks inside": ("A<b> </b>B", "A B"),
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


@pytest.mark.parametrize(
    ("polling_disabled", "disabled", "left"),
    [(True, False, False), (True, True, True), (False, False, False), (False, True, False)],
)
def test_enabling_lets_a_poller_start_anew_and_disabling_leaves_it_as_it_is(polling_disabled, disabled, left):
    before = replace(made(), polling_disabled=polling_disabled)

    assert switch(before, disabled=disabled) == replace(before, disabled=disabled, polling_disabled=left)


@pytest.mark.assumed
@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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
