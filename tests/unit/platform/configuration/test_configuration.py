"""An instance's configuration: texts under all keys, completed, merged, masked, checked, asked, and its entries."""

import pytest
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration.instance_configuration import (
    MASK,
    UNSET,
    entries,
    entry_number,
    key_named,
    mask,
    unmask,
)
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.connector import ConfigurationKey
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.errors import InvalidRequestError, NotFoundError

SENT = {"username": "ada", "password": "0123"}
COMPLETE = configuration.complete(SENT, INSIGHTLY)
DEFAULTS = {entry.key: entry.default for entry in INSIGHTLY.keys}


def check(**changes):
    values = {**COMPLETE, **{key.replace("__", "."): value for key, value in changes.items()}}
    configuration.check(values, INSIGHTLY, empty_block=EmptyBlock.DEFAULT)


@each_row(
    ("value", "text"),
    {
        "a text": ("x", "x"),
        "null": (None, None),
        "true": (True, "true"),
        "a number": (15, "15"),
        "a fraction": (1.5, "1.5"),
        "an object, compact and in its order": (
            {"contacts": {"url": "/x?a='ü'", "pageSize": 5}},
            '{"contacts":{"url":"/x?a=\'ü\'","pageSize":5}}',
        ),
        "an array": (["a", None], '["a",null]'),
    },
)
def test_every_value_is_kept_as_text(value, text):
    assert configuration.as_text(value) == text


@pytest.mark.assumed
@each_row("nothing", [None, ""])
def test_nothing_for_a_key_means_its_default_or_unsets_it(nothing):
    sent = {"pagination.max": nothing, "event.notification.signature.key": nothing}
    stored = {**COMPLETE, "pagination.max": "50", "event.notification.signature.key": "secret"}

    for values in (configuration.complete(sent, INSIGHTLY), configuration.merge(stored, sent, INSIGHTLY)):
        assert values["pagination.max"] == "200"
        assert values["event.notification.signature.key"] is None


@each_row(("sent", "kept"), {"the mask": (MASK, "0123"), "another": ("new", "new"), "null": (None, None)})
def test_the_stored_secret_is_kept_for_its_mask_only(sent, kept):
    changed = {"password": sent}

    assert configuration.complete(changed, INSIGHTLY, stored=COMPLETE)["password"] == kept
    assert configuration.merge(COMPLETE, changed, INSIGHTLY) == COMPLETE | {"password": kept}


keys = st.sampled_from([*DEFAULTS, "mine"])
json_values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2)
)


@given(st.dictionaries(keys, json_values), st.dictionaries(keys, json_values))
def test_completing_and_merging_have_every_key_and_only_texts(sent, changed):
    values = configuration.merge(configuration.complete(sent, INSIGHTLY), changed, INSIGHTLY)

    assert list(values)[: len(DEFAULTS)] == list(DEFAULTS)
    assert all(value is None or isinstance(value, str) for value in values.values())
    assert configuration.merge(values, {}, INSIGHTLY) == values
    assert configuration.complete(values, INSIGHTLY) == values or MASK in values.values()


@each_row(
    ("changes", "words"),
    {
        "no password": ({"password": None}, "configuration needs password; Insightly cannot"),
        "neither": ({"username": "", "password": None}, "configuration needs username and password"),
        "events: a word": (
            {"event__notification__enabled": "yes"},
            "event.notification.enabled must be true or false; got 'yes'",
        ),
        "nulls: a word": (
            {"filter__response__nulls": "no"},
            "filter.response.nulls must be true or false; got 'no'",
        ),
        "no kind of events": (
            {"event__vendor__type": "pigeon"},
            "event.vendor.type must be polling or webhook; got 'pigeon'",
        ),
        "no interval": (
            {"event__poller__refresh_interval": "0"},
            "must be whole minutes, 1 or more; got '0'",
        ),
        "no JSON": ({"event__poller__configuration": "{"}, "event.poller.configuration is not JSON"),
        "no such object": ({"event__objects": "a"}, "no poller configuration for 'a'"),
        "no poller, though events are off": (
            {"event__notification__enabled": "false", "event__poller__configuration": "[]"},
            "must be an object of resources",
        ),
    },
)
def test_a_configuration_that_could_not_work_is_refused(changes, words):
    with pytest.raises(InvalidRequestError) as refusal:
        check(**changes)

    assert words in str(refusal.value)


@each_row(
    ("key", "value"),
    [
        ("event.notification.enabled", "TRUE"),
        ("event.notification.enabled", " false "),
        ("event.notification.enabled", None),
        ("event.vendor.type", "webhook"),
        ("event.vendor.type", "webhooks"),
        ("event.vendor.type", None),
        ("event.notification.callback.url", "no URL at all"),
        ("event.poller.refresh_interval", "9" * 18),
        ("mine", "anything"),
    ],
)
def test_a_configuration_that_could_work_passes(key, value):
    configuration.check({**COMPLETE, key: value}, INSIGHTLY, empty_block=EmptyBlock.SKIP)


def test_a_flag_is_true_when_it_says_so():
    said = {"true": True, "TRUE": True, " true ": True, "false": False, "": False, None: False, "1": False}

    assert not configuration.events_enabled({})
    for value, enabled in said.items():
        values = {"event.notification.enabled": value}
        assert configuration.events_enabled(values) is enabled, value
        assert configuration.is_true(values, "event.notification.enabled") is enabled, value


def test_an_instance_is_polled_when_its_events_are_enabled_and_come_from_polling():
    def is_polled(enabled, kind):
        return configuration.is_polled({"event.notification.enabled": enabled, "event.vendor.type": kind})

    assert [is_polled("true", kind) for kind in ("polling", None, "")] == [True] * 3
    assert [is_polled("true", kind) for kind in ("webhook", "webhooks")] == [False] * 2
    assert not is_polled("false", "polling")


@each_row(
    ("changes", "names"),
    [
        ({}, ["tasks"]),
        ({"event.poller.configuration": '{"notes": {"url": "/x"}}'}, ["notes"]),
        ({"event.objects": "leads"}, ["leads"]),
        ({"event.poller.urls": "contacts"}, ["contacts"]),
        ({"event.poller.configuration": '{"leads": {}}'}, ["leads"]),
    ],
)
def test_the_resources_follow_every_key_that_says_what_is_polled(changes, names):
    values = {"event.poller.configuration": '{"tasks": {"url": "/x"}}', **changes}

    found = configuration.polled_resources(values, INSIGHTLY, empty_block=EmptyBlock.DEFAULT)

    assert [resource.name for resource in found] == names


SECRETS = frozenset({"password", "oauth.api.secret"})


@each_row(
    ("sent", "stored", "meant"),
    {
        "a mask of nothing": ({"password": MASK}, {}, {"password": None}),
        "a new secret": ({"password": "new"}, {"password": "old"}, {"password": "new"}),
        "an empty one": ({"password": ""}, {"password": "old"}, {"password": ""}),
        "seven asterisks": ({"password": "*" * 7}, {"password": "old"}, {"password": "*" * 7}),
        "nine asterisks": ({"password": "*" * 9}, {"password": "old"}, {"password": "*" * 9}),
        "a mask of no secret": ({"username": MASK}, {"username": "ada"}, {"username": MASK}),
        "nothing sent": ({}, {"password": "old"}, {}),
    },
)
def test_what_is_sent_is_meant_as_it_is(sent, stored, meant):
    assert unmask(sent, stored, SECRETS) == meant


keys_of_masking = st.sampled_from(["username", "password", "oauth.api.secret", "base.url"])
texts = st.one_of(st.none(), st.text(max_size=5))


@given(st.dictionaries(keys_of_masking, texts))
def test_what_was_shown_can_be_sent_back_as_it_is(values):
    assert unmask(mask(values, SECRETS), values, SECRETS) == values


@given(st.dictionaries(keys_of_masking, texts))
def test_a_secret_that_is_set_is_not_shown_and_everything_else_is(values):
    shown = {key: MASK if value and key in SECRETS else value for key, value in values.items()}

    assert [*mask(values, SECRETS).items()] == [*shown.items()]


@each_row(
    ("key", "input_type", "secret"),
    [
        ("password", "PASSWORD", True),
        ("anything", "PASSWORD", True),
        ("oauth.api.key", "TEXTFIELD_32", True),
        ("oauth.api.secret", "TEXTFIELD_32", True),
        ("password", "TEXTFIELD_32", False),
    ],
)
def test_passwords_and_oauth_keys_are_secrets(key, input_type, secret):
    assert ConfigurationKey(key=key, name="", type=input_type).is_secret is secret


VALUES = {entry.key: entry.default for entry in INSIGHTLY.keys} | {"username": "ada", "password": "0123"}


@pytest.mark.assumed
def test_an_entry_that_the_element_does_not_know_is_shown_under_its_key():
    (shown,) = entries({"my.own": "5"}, INSIGHTLY, UNSET)

    assert (shown["key"], shown["name"], shown["propertyValue"], shown["required"]) == (
        "my.own",
        "my.own",
        "5",
        False,
    )


def test_numbers_are_the_elements_own_and_all_different():
    numbers = [entry_number(entry.key, INSIGHTLY) for entry in INSIGHTLY.keys]

    assert numbers == [entry.id for entry in INSIGHTLY.keys]
    assert len(set(numbers)) == len(INSIGHTLY.keys)


@given(others=st.lists(st.text(), unique=True))
def test_a_number_stays_the_same_whatever_else_a_configuration_holds_and_leads_back(others):
    values = VALUES | dict.fromkeys(others, "x") | {"my.own": "5"}
    (alone,) = entries({"my.own": "5"}, INSIGHTLY, UNSET)

    numbers = {entry["key"]: entry["id"] for entry in entries(values, INSIGHTLY, UNSET)}

    assert numbers["my.own"] == alone["id"]
    assert {key_named(values, INSIGHTLY, str(number)) for number in numbers.values()} == set(values)
    assert all(0 <= number < 2**31 for number in numbers.values())


@each_row(
    "number",
    ["1", "0", "-5993000", "05993000", "5993000.0", "x", "", "9" * 5000, "\N{ARABIC-INDIC DIGIT FIVE}"],
)
def test_a_number_that_no_entry_has_is_not_found(number):
    with pytest.raises(NotFoundError, match="No configuration found with ID"):
        key_named(VALUES, INSIGHTLY, number)
