"""An instance's configuration: texts under all keys, completed, merged, checked and asked."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.choices import EmptyBlock
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.errors import InvalidRequestError

MASK = "********"
SENT = {"username": "ada", "password": "0123"}
COMPLETE = configuration.complete(SENT, INSIGHTLY)
DEFAULTS = {entry.key: entry.default for entry in INSIGHTLY.keys}


def check(**changes):
    values = {**COMPLETE, **{key.replace("__", "."): value for key, value in changes.items()}}
    configuration.check(values, INSIGHTLY, empty_block=EmptyBlock.DEFAULT)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("x", "x", id="a text"),
        pytest.param("", "", id="an empty text"),
        pytest.param(None, None, id="null"),
        pytest.param(True, "true", id="true"),
        pytest.param(False, "false", id="false"),
        pytest.param(15, "15", id="a number"),
        pytest.param(0, "0", id="nought"),
        pytest.param(1.5, "1.5", id="a fraction"),
        pytest.param({}, "{}", id="an empty object"),
        pytest.param(
            {"contacts": {"url": "/x?a='ü'", "pageSize": 5}},
            '{"contacts":{"url":"/x?a=\'ü\'","pageSize":5}}',
            id="an object, compact and in its order",
        ),
        pytest.param(["a", None], '["a",null]', id="an array"),
    ],
)
def test_every_value_is_kept_as_text(value, text):
    assert configuration.as_text(value) == text


def test_a_configuration_has_all_keys_of_the_element_in_its_order():
    assert list(configuration.complete({"password": "0123", "username": "ada"}, INSIGHTLY)) == [
        "username",
        "password",
        "base.url",
        "pagination.max",
        "pagination.type",
        "filter.response.nulls",
        "event.vendor.type",
        "event.notification.enabled",
        "event.notification.callback.url",
        "event.notification.signature.key",
        "event.notification.subscription.id",
        "event.notification.basic.username",
        "event.notification.basic.password",
        "event.notification.callback.headers",
        "event.poller.refresh_interval",
        "event.poller.configuration",
        "event.poller.urls",
        "event.objects",
        "event.metadata",
        "event.notification.instance.finder",
        "event.helper.key",
        "bulk.query.field_name",
        "bulk.query.operator",
        "bulk.query.date_mask",
        "bulk.query.download_format",
    ]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (configuration.ENABLED, "Enable Events"),
        (configuration.CALLBACK_URL, "Callback URL"),
        (configuration.SIGNATURE_KEY, "Signature Key"),
        (configuration.VENDOR_TYPE, "Vendor Event Type"),
        (configuration.FILTER_NULLS, "Filter Null Values"),
        (configuration.PAGE_SIZE, "Page Size"),
    ],
)
def test_the_keys_that_rules_ask_for_are_keys_of_the_element(key, name):
    assert [entry.name for entry in INSIGHTLY.keys if entry.key == key] == [name]


def test_what_is_not_sent_has_the_elements_default():
    assert {**DEFAULTS, **SENT} == COMPLETE
    assert COMPLETE["event.notification.enabled"] == "false"
    assert COMPLETE["event.poller.refresh_interval"] == "15"
    assert COMPLETE["filter.response.nulls"] == "true"
    assert COMPLETE["event.notification.callback.url"] is None


def test_flags_numbers_and_objects_become_texts():
    sent = {
        "event.notification.enabled": True,
        "event.poller.refresh_interval": 5,
        "event.poller.configuration": {"contacts": {}},
    }

    values = configuration.complete(sent, INSIGHTLY)

    assert {key: values[key] for key in sent} == {
        "event.notification.enabled": "true",
        "event.poller.refresh_interval": "5",
        "event.poller.configuration": '{"contacts":{}}',
    }


@pytest.mark.assumed
@pytest.mark.parametrize("nothing", [None, ""], ids=repr)
def test_nothing_for_a_key_means_its_default(nothing):
    assert configuration.complete({"pagination.max": nothing}, INSIGHTLY)["pagination.max"] == "200"
    assert configuration.merge(COMPLETE, {"pagination.max": nothing}, INSIGHTLY)["pagination.max"] == "200"


@pytest.mark.assumed
@pytest.mark.parametrize("nothing", [None, ""], ids=repr)
def test_nothing_for_a_key_without_a_default_unsets_it(nothing):
    key = "event.notification.signature.key"
    stored = {**COMPLETE, key: "secret"}

    assert configuration.complete({key: nothing}, INSIGHTLY)[key] is None
    assert configuration.merge(stored, {key: nothing}, INSIGHTLY)[key] is None


@pytest.mark.assumed
def test_keys_that_the_element_does_not_know_are_kept_at_the_end():
    values = configuration.complete({"zz.mine": 5, **SENT, "aa.mine": None}, INSIGHTLY)

    assert list(values.items())[-2:] == [("zz.mine", "5"), ("aa.mine", None)]


def test_merging_changes_only_what_is_sent():
    stored = {**COMPLETE, "event.notification.callback.url": "http://old", "mine": "5"}

    merged = configuration.merge(stored, {"event.notification.callback.url": "http://new"}, INSIGHTLY)

    assert merged == {**stored, "event.notification.callback.url": "http://new"}
    assert list(merged) == list(stored)


@pytest.mark.parametrize("sent", [{}, {"password": MASK}], ids=["nothing", "the mask"])
def test_merging_keeps_the_stored_secret(sent):
    assert configuration.merge(COMPLETE, sent, INSIGHTLY) == COMPLETE


def test_merging_takes_a_new_secret():
    assert configuration.merge(COMPLETE, {"password": "new"}, INSIGHTLY)["password"] == "new"


def test_completing_keeps_the_stored_secret_for_its_mask_only():
    def password(sent):
        return configuration.complete({"password": sent}, INSIGHTLY, stored=COMPLETE)["password"]

    assert password(MASK) == "0123"
    assert password("new") == "new"
    assert password(None) is None


def test_a_mask_of_nothing_is_nothing():
    assert configuration.complete({**SENT, "password": MASK}, INSIGHTLY)["password"] is None


def test_what_is_stored_is_left_as_it_is():
    stored = dict(COMPLETE)

    configuration.merge(stored, {"username": "bob"}, INSIGHTLY)

    assert stored == COMPLETE


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


def test_a_complete_configuration_passes():
    check()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"password": None}, "configuration needs password; Insightly cannot", id="no password"),
        pytest.param({"password": ""}, "configuration needs password", id="an empty one"),
        pytest.param({"username": None}, "configuration needs username", id="no user name"),
        pytest.param(
            {"username": "", "password": None}, "configuration needs username and password", id="neither"
        ),
        pytest.param(
            {"event__notification__enabled": "yes"},
            "event.notification.enabled must be true or false; got 'yes'",
            id="events: a word",
        ),
        pytest.param({"event__notification__enabled": "1"}, "must be true or false", id="events: a number"),
        pytest.param(
            {"filter__response__nulls": "no"},
            "filter.response.nulls must be true or false; got 'no'",
            id="nulls: a word",
        ),
        pytest.param(
            {"event__vendor__type": "pigeon"},
            "event.vendor.type must be polling or webhook; got 'pigeon'",
            id="no kind of events",
        ),
        pytest.param(
            {"event__poller__refresh_interval": "0"},
            "must be whole minutes, 1 or more; got '0'",
            id="no interval",
        ),
        pytest.param(
            {"event__poller__refresh_interval": None}, "must be whole minutes", id="no interval at all"
        ),
        pytest.param(
            {"event__poller__configuration": "{"}, "event.poller.configuration is not JSON", id="no JSON"
        ),
        pytest.param(
            {"event__poller__configuration": '{"a": {"url": "x"}}'}, "a.url must be a path", id="no path"
        ),
        pytest.param({"event__objects": "a"}, "no poller configuration for 'a'", id="no such object"),
        pytest.param({"event__poller__urls": "a|b|/c"}, "a.url must be a path", id="no such line"),
    ],
)
def test_a_configuration_that_could_not_work_is_refused(changes, words):
    with pytest.raises(InvalidRequestError) as refusal:
        check(**changes)

    assert words in str(refusal.value)


@pytest.mark.parametrize("enabled", ["true", "false"])
def test_a_wrong_poller_is_refused_whether_or_not_events_are_enabled(enabled):
    with pytest.raises(InvalidRequestError):
        check(event__notification__enabled=enabled, event__poller__configuration="[]")


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
    ("value", "enabled"),
    [
        ("true", True),
        ("TRUE", True),
        (" true ", True),
        ("false", False),
        ("", False),
        (None, False),
        ("1", False),
    ],
)
def test_a_flag_is_true_when_it_says_so(value, enabled):
    values = {"event.notification.enabled": value}

    assert configuration.events_enabled(values) is enabled
    assert configuration.is_true(values, "event.notification.enabled") is enabled


def test_a_flag_that_is_not_there_is_false():
    assert not configuration.events_enabled({})


@pytest.mark.parametrize(
    ("enabled", "kind", "polled"),
    [
        ("true", "polling", True),
        ("true", None, True),
        ("true", "", True),
        ("true", "webhook", False),
        ("true", "webhooks", False),
        ("false", "polling", False),
    ],
)
def test_an_instance_is_polled_when_its_events_are_enabled_and_come_from_polling(enabled, kind, polled):
    values = {"event.notification.enabled": enabled, "event.vendor.type": kind}

    assert configuration.is_polled(values) is polled


def test_the_interval_and_the_resources_are_those_of_the_texts():
    values = {
        "event.poller.refresh_interval": "5",
        "event.poller.configuration": json.dumps({"leads": {}, "tasks": {"url": "/x"}}),
    }

    found = configuration.polled_resources(values, INSIGHTLY, empty_block=EmptyBlock.DEFAULT)

    assert configuration.refresh_interval(values) == timedelta(minutes=5)
    assert [(resource.name, resource.id_field) for resource in found] == [("leads", "LEAD_ID"), ("tasks", "")]


@pytest.mark.parametrize(
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


def test_the_resources_follow_what_an_empty_block_means():
    values = {"event.poller.configuration": '{"leads": {}}'}

    assert configuration.polled_resources(values, INSIGHTLY, empty_block=EmptyBlock.DEFAULT)
    assert not configuration.polled_resources(values, INSIGHTLY, empty_block=EmptyBlock.SKIP)
