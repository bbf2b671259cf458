"""How an instance and its element are shown."""

from datetime import UTC, datetime, timedelta

from each_row import each_row

from elements_local.kit.api.json_text import decode, encode
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
from elements_local.platform.core.settings import UnsetValues
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.instances.instance import make
from elements_local.platform.instances.service import encoded_entry

MASK = "********"
NOW = datetime(2026, 3, 2, 10, 0, 0, 987_654, tzinfo=UTC)
CREDENTIALS = {"username": "ada", "password": "0123"}
OWNER = User(
    id=33, account_id=11, company_id=22, email="ada@example.com", first_name="Ada", last_name="Byron"
)

DEFINITIONS = {"people": ObjectDefinition(), "firms": ObjectDefinition()}
MAPPED = {
    "people": Transformation(vendor_name="contacts"),
    "firms": Transformation(vendor_name="organisations"),
}


def made(**said) -> Instance:
    body = InstanceRequest(**{"name": "My Insightly", "configuration": CREDENTIALS, **said})
    return make(body, INSIGHTLY, instance_id=123456, token="dG9rZW4=", now=NOW)


def view(instance: Instance, *, now=NOW) -> InstanceView:
    return InstanceView.at(now, instance, INSIGHTLY, OWNER)


def shown(instance: Instance, *, unset=UNSET, now=NOW):
    return decode(encode(to_json(view(instance, now=now), unset=unset)))


SHOWN_KEYS = [
    "id", "name", "createdDate", "token", "element", "elementId", "tags", "provisionInteractions", "valid",
    "disabled", "maxCacheSize", "cacheTimeToLive", "configuration", "eventsEnabled", "traceLoggingEnabled",
    "cachingEnabled", "externalAuthentication", "user",
]  # fmt: skip


def test_an_instance_is_shown_with_its_keys_in_the_platforms_order():
    assert list(shown(made())) == SHOWN_KEYS


@each_row(
    "events",
    {
        "no URL": {"event.notification.enabled": True},
        "an empty URL": {"event.notification.enabled": True, "event.notification.callback.url": ""},
        "events off": {"event.notification.enabled": False, "event.notification.callback.url": "http://sink"},
    },
)
def test_the_callback_url_is_shown_only_with_events(events):
    answer = shown(made(configuration={**CREDENTIALS, **events}))

    assert "eventsNotificationCallbackUrl" not in answer
    assert "subscriptionId" not in answer


def test_passwords_are_masked_and_the_rest_is_clear():
    instance = made(
        configuration={
            **CREDENTIALS,
            "event.notification.signature.key": "key",
            "event.notification.basic.password": "p",
            "oauth.api.secret": "s",
        }
    )

    values = shown(instance)["configuration"]

    assert values["username"] == "ada"
    assert (values["password"], values["event.notification.basic.password"]) == (MASK, MASK)
    assert values["oauth.api.secret"] == MASK
    assert values["event.notification.signature.key"] == "key"


@each_row(
    ("unset", "password"),
    [(UNSET, None), (UnsetValues(text=""), ""), (UnsetValues(text="", masked=True), MASK)],
)
def test_a_key_without_a_value_is_shown_as_the_setting_says(unset, password):
    values = shown(made(configuration={"username": "ada"}), unset=unset)["configuration"]

    assert values["event.notification.callback.url"] == unset.text
    assert values["password"] == password
    assert values["username"] == "ada"


@each_row(
    ("passed", "logged"),
    {
        "at once": (timedelta(0), True),
        "just before the end": (timedelta(minutes=5, microseconds=-1), True),
        "at the end": (timedelta(minutes=5), False),
    },
)
def test_traces_are_shown_to_be_logged_until_their_time_is_over(passed, logged):
    instance = replace(made(), trace_logging_until=NOW + timedelta(minutes=5))

    assert shown(instance, now=NOW + passed)["traceLoggingEnabled"] is logged


@each_row("hydrate", [True, False])
def test_a_list_shows_no_interactions_and_a_light_one_no_configuration(hydrate):
    whole = to_json(view(made()), unset=UNSET)

    entry = decode(encode(as_entry(whole, hydrate=hydrate)))

    left_out = {"provisionInteractions"} if hydrate else {"provisionInteractions", "configuration"}
    assert list(entry) == [key for key in SHOWN_KEYS if key not in left_out]
    assert entry.items() <= decode(encode(whole)).items()


@each_row("hydrate", [True, False])
def test_an_entry_is_the_json_of_what_a_list_shows(hydrate):
    entry = encoded_entry(view(made()), unset=UNSET, hydrate=hydrate)

    assert bytes(entry) == encode(as_entry(to_json(view(made()), unset=UNSET), hydrate=hydrate))


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
    before = replace(
        made(),
        configuration={"username": "ada", "password": "0123"},
        objects=Objects(definitions=DEFINITIONS, transformations=MAPPED),
        subscription_id=77,
    )
    after = replace(before, **changes)

    entries = [bytes(encoded_entry(view(each), unset=UNSET, hydrate=True)) for each in (before, after)]

    assert entries == [
        encode(as_entry(to_json(view(each), unset=UNSET), hydrate=True)) for each in (before, after)
    ]
    assert entries[0] != entries[1]
