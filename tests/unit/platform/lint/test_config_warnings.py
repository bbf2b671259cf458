"""What users will regret of an instance: which slips are seen, where, and what is said to come of them."""

import json
from copy import deepcopy

import msgspec
from each_row import each_row
from hypothesis import given
from hypothesis import strategies as st

from elements_local.clients.guide import instance_body
from elements_local.clients.workspace_clients import Credentials
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.configuration import poller_configuration
from elements_local.platform.configuration.instance_json import InstanceRequest
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.insightly.definition import INSIGHTLY, POLLER_DEFAULTS
from elements_local.platform.errors import PlatformError
from elements_local.platform.lint import unread_keys
from elements_local.platform.lint.instance import LintContext, of_body, of_instance
from elements_local.platform.lint.polled_block import polled_blocks
from elements_local.platform.lint.rules import LintRule
from elements_local.platform.lint.warning import (
    LARGEST_HEADER,
    MOST,
    ConfigWarning,
    ConfigWarnings,
    name_shown,
)

CREDENTIALS = Credentials(
    name="default",
    crm_username="ada",
    crm_api_key="0123",
    callback_url="http://127.0.0.1:4702/default",
    organization_secret="o",
    user_secret="u",
)
POLLER = "event.poller.configuration"
URL = "event.notification.callback.url"
LINE = (
    "{}|/hubs/crm/x?where=U>'${{gmtDate:yyyy-MM-dd HH:mm:ss}}'||U|yyyy-MM-dd HH:mm:ss||C|yyyy-MM-dd HH:mm:ss|"
)


def guide(changed: dict[str, object] | None = None, /, **others: object) -> dict:
    """Return the guide's body, some of its configuration and of its other keys replaced; ``...`` leaves one out."""
    body = deepcopy(instance_body(CREDENTIALS)) | others
    merged = body["configuration"] | (changed or {})
    body["configuration"] = {key: value for key, value in merged.items() if value is not ...}
    return body


def block(*without: str, dates: dict[str, object] | None = None, **more: object) -> dict[str, object]:
    """Return a full block, but for some keys of it or of its dates, and with others."""
    made = deepcopy(POLLER_DEFAULTS["contacts"])
    made["datesConfiguration"] |= dates or {}
    for key in without:
        made.get("datesConfiguration", {}).pop(key, None)
        made.pop(key, None)
    return made | more


def found(body: dict, *, empty_block=EmptyBlock.DEFAULT, refusal=lambda _url: None) -> ConfigWarnings:
    values = configuration.complete(body.get("configuration", {}), INSIGHTLY)
    around = LintContext(element=INSIGHTLY, empty_block=empty_block, refusal=refusal, fields=lambda _name: ())
    return of_instance(values, of_body(body, values, INSIGHTLY), around)


def slips(body: dict, **how: object) -> list[tuple[str, str, str | None]]:
    """Return rule, place and what is meant of each, the place without what all have in common."""
    common = "configuration."
    return [
        (each.rule.value, each.path.removeprefix(common), each.nearest) for each in found(body, **how).listed
    ]


def message(body: dict, **how: object) -> str:
    (only,) = found(body, **how).listed
    return only.message


def polling(**blocks: object) -> dict:
    return guide({POLLER: blocks})


def by(url: str) -> dict:
    """Return a body whose contacts are polled by another condition."""
    return polling(contacts=block(url=f"/hubs/crm/contacts?where=updated_after_utc='{url}'"))


WHERE = "where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'"


def of_url(query: str) -> dict:
    """Return a body whose contacts are polled by another query."""
    return polling(contacts=block(url=f"/hubs/crm/contacts?{query}"))


def every(minutes: int, **keys: object) -> dict:
    return guide({"event.poller.refresh_interval": minutes, **keys})


CREDENTIAL_KEYS = {"username": "ada", "password": "0123"}
ENABLED = "event.notification.enabled"
OFF = {ENABLED: "false"}
SENT_BACK = dict.fromkeys(
    (
        "id", "token", "createdDate", "elementId", "user", "valid", "disabled", "provisionInteractions",
        "maxCacheSize", "cacheTimeToLive", "eventsEnabled", "eventsNotificationCallbackUrl", "subscriptionId",
        "traceLoggingEnabled", "cachingEnabled", "transformationData", "objects", "externalAuthentication",
    ),
    1,
)  # fmt: skip
KNOWN = [
    *(entry.key for entry in INSIGHTLY.keys if not entry.required and not entry.key.startswith("event.")),
    "event.metadata", "event.helper.key", "event.notification.type", "event.notification.instance.finder",
    "event.notification.basic.username", "oauth.api.key",
    "oauth.user.token", "bulk.add.metadata",
]  # fmt: skip


@each_row(
    "body",
    {
        "the guide's": guide(),
        "what was answered, sent back": guide(**SENT_BACK, retrieveObjectsAfterInstantiation=False),
        "without events": guide(configuration=CREDENTIAL_KEYS),
        "events off": guide(configuration={**CREDENTIAL_KEYS, URL: "x", POLLER: {}, **OFF}),
        "nothing polled, events off": guide({POLLER: {}, **OFF}),
        "events, and the element's own poller": guide(configuration={ENABLED: "true", URL: "http://x"}),
        "a key taken back": guide({"my.own": None}),
        "a key emptied": guide({"my.own": ""}),
        "a block's key taken back": polling(contacts=block(mine=None)),
        **{f"a key that a vendor knows: {key}": guide({key: "x"}) for key in KNOWN},
        "its element by key and id": guide(element={"key": "insightly", "id": 5993}),
        "its element by id": guide(element={"id": "5993", "name": "Another"}),
        "its element by its id as the key": guide(element={"key": "5993", "id": None}),
        "one object chosen": guide({POLLER: ..., "event.objects": "contacts"}),
        "two, and no blocks": guide({POLLER: "{}", "event.objects": "contacts,accounts"}),
        "one of one": guide({POLLER: {"contacts": {}}, "event.objects": "contacts"}),
        "a whole block under another name": polling(people=block()),
        "a line instead of blocks": guide({"event.poller.urls": LINE.format("contacts"), POLLER: ...}),
        "a name instead of a line": guide({"event.poller.urls": "contacts", POLLER: {"contacts": {}}}),
        "created dates written like updated ones": polling(contacts=block("createdDateFormat")),
        "no zones": polling(contacts=block("createdDateTimezone", "updatedDateTimezone")),
        "no updated date where it does not count": polling(
            contacts=block("updatedDateField", filterByUpdatedDate="false")
        ),
        "a tolerance of a minute": polling(contacts=block(createdCheckTolerance=60)),
        "an interval of a day": every(1440),
        "a longer one, events off": every(1441, **OFF),
    },
)
def test_what_is_in_order_gives_no_warning(body):
    assert slips(body) == []


def test_what_several_blocks_name_alike_is_worked_out_once():
    values = configuration.complete(guide()["configuration"], INSIGHTLY)
    entries = poller_configuration.entries_of(values)
    first, *others = polled_blocks(values, INSIGHTLY, entries, empty_block=EmptyBlock.DEFAULT)

    assert len(others) == 3
    assert all(each.query is first.query and each.placeholders is first.placeholders for each in others)


@each_row(
    ("key", "rule", "nearest"),
    [
        ("tagz", "key-misspelt", "tags"),
        ("Name", "key-case", "name"),
        ("providerdata", "key-case", "providerData"),
        ("callback.url", "key-misspelt", URL),
        (ENABLED, "key-misplaced", ENABLED),
        ("mine", "unknown-key", None),
        ("", "unknown-key", None),
        ("\x00\x1b[2J", "unknown-key", None),
    ],
)
def test_a_key_of_the_body_that_nothing_reads_is_seen(key, rule, nearest):
    assert slips(guide(**{key: 1})) == [(rule, name_shown(key), nearest)]


def of_block(**keys: object) -> dict:
    return polling(contacts=block(**keys))


CONTACTS, DATES = f"{POLLER}.contacts", f"{POLLER}.contacts.datesConfiguration"


@each_row(
    ("body", "rule", "path", "nearest"),
    [
        *[
            (guide({key: "x"}), rule, key, nearest)
            for key, rule, nearest in (
                ("event.notifications.enabled", "key-misspelt", ENABLED),
                ("event.notification.callbackUrl", "key-misspelt", URL),
                ("callbackUrl", "key-misspelt", URL),
                ("refresh_interval", "key-misspelt", "event.poller.refresh_interval"),
                ("EVENT.VENDOR.TYPE", "key-case", "event.vendor.type"),
                ("my.own", "unknown-key", None),
                ("event.raw.enabled", "key-without-effect", None),
            )
        ],
        *[
            (of_block(**{key: 1}), rule, f"{CONTACTS}.{key}", nearest)
            for key, rule, nearest in (
                ("idFeild", "key-misspelt", "idField"),
                ("filterByUpdatdDate", "key-misspelt", "filterByUpdatedDate"),
                ("updatedDateField", "key-misplaced", "updatedDateField"),
                ("mine", "unknown-key", None),
                ("useLastPollDate", "key-without-effect", None),
                ("batchSize", "key-without-effect", None),
            )
        ],
        *[
            (of_block(dates={key: 1}), rule, f"{DATES}.{key}", nearest)
            for key, rule, nearest in (
                ("createdDateFeild", "key-misspelt", "createdDateField"),
                ("pollDelay", "key-misplaced", "pollDelay"),
                ("zone", "unknown-key", None),
            )
        ],
        (polling(), "nothing-polled", POLLER, None),
        (
            guide({"event.poller.urls": LINE.format("people"), POLLER: ...}),
            "missing-id-field",
            f"{POLLER}.people",
            None,
        ),
        (
            guide({"event.poller.urls": LINE.format("contacts")}),
            "unpolled-resource",
            POLLER,
            "event.poller.urls",
        ),
        (guide(element={"key": "insightly", "id": 7}), "key-without-effect", "element.id", "5993"),
        (guide(element={"key": "hubspot"}), "key-without-effect", "element.key", "insightly"),
        (of_block(createdCheckTolerance=61), "tolerance-long", f"{CONTACTS}.createdCheckTolerance", "5"),
        (every(1441), "interval-too-long", "event.poller.refresh_interval", None),
        *[
            (of_url(query), rule, "event.poller.configuration.contacts.url", nearest)
            for query, rule, nearest in (
                (f"PageSize=5&{WHERE}", "key-case", "pageSize"),
                (f"{WHERE}&order_by=LAST_NAME", "key-misspelt", "orderBy"),
                (f"includeDeleted=true&{WHERE}", "unknown-key", None),
                (WHERE.replace("where", "wehre"), "key-misspelt", "where"),
                (WHERE.replace("where", "Where"), "key-case", "where"),
                (f"{WHERE}&where=LAST_NAME='x'", "where-unreadable", None),
            )
        ],
        (every(999999999), "interval-too-long", "event.poller.refresh_interval", None),
        *[
            (guide(configuration={**CREDENTIAL_KEYS, key: value}), "events-not-enabled", ENABLED, ENABLED)
            for key, value in (
                (URL, "http://127.0.0.1"),
                (POLLER, {"contacts": {}}),
                ("event.objects", "contacts"),
                ("event.poller.urls", "contacts"),
            )
        ],
    ],
)
def test_a_slip_is_seen_with_its_place_and_what_is_meant(body, rule, path, nearest):
    assert slips(body) == [(rule, path, nearest)]


@each_row(
    ("body", "seen"),
    [
        (of_block(dates={"updatedDateFormat": "YYYY-MM-dd HH:mm:ss"}), "yyyy-MM-dd HH:mm:ss"),
        (by("${gmtDate:YYYY-MM-dd HH:mm:ss}"), "${gmtDate:yyyy-MM-dd HH:mm:ss}"),
        (by("${gmtDate:yyyy-MM-dd hh:mm:ss}"), "${gmtDate:yyyy-MM-dd HH:mm:ss}"),
        (by("${dateTimeZone:GMT:yyyy-mm-dd HH:MM:ss}"), "${dateTimeZone:GMT:yyyy-MM-dd HH:mm:ss}"),
        (by("${GMTDATE:yyyy-MM-dd HH:mm:ss}"), "gmtDate"),
    ],
)
def test_a_week_year_is_seen_where_a_year_is_meant_and_a_keyword_in_other_letters(body, seen):
    ((_, _, nearest),) = slips(body)

    assert nearest == seen


def test_an_empty_block_of_the_elements_own_is_polled_unless_that_is_set_otherwise():
    body = polling(contacts=block(), leads={})

    assert slips(body) == []
    assert slips(body, empty_block=EmptyBlock.SKIP) == [("unpolled-resource", f"{POLLER}.leads", None)]
    assert "empty blocks are set to be skipped" in message(body, empty_block=EmptyBlock.SKIP)


def test_a_key_beside_where_it_belongs_is_told_the_place():
    beside = message(polling(contacts=block(updatedDateField="x")))
    inside = message(polling(contacts=block(dates={"pollDelay": 5})))

    assert beside.endswith("did you mean updatedDateField inside datesConfiguration?")
    assert inside.endswith("did you mean pollDelay beside datesConfiguration?")


def test_all_keys_of_a_block_that_the_poller_reads_are_known():
    full = block(
        dates={"createdCheckTolerance": 5},
        filterByUpdatedDate=True,
        filterByCurrentDate=False,
        createdCheckTolerance=1,
        pageSize=20,
        pollDelay=5,
    )
    asked: set[str] = set()

    class Watched(dict):
        def get(self, key, default=None):
            asked.add(key)
            return super().get(key, default)

    poller_configuration._from_entry("x", Watched(url="/x", datesConfiguration=Watched()))

    assert slips(polling(contacts=full)) == []
    assert asked == {*unread_keys.BLOCK_KEYS, *poller_configuration.DATE_KEYS}


def test_all_keys_of_a_body_that_a_route_reads_are_known():
    fields = {field.encode_name for field in msgspec.structs.fields(InstanceRequest)}

    assert fields == set(unread_keys.BODY_KEYS)


@each_row(
    ("configured", "path", "why", "nearest", "change"),
    [
        (
            {POLLER: {"contacts": {}, "people": {}}},
            f"{POLLER}.people",
            "its block is empty, and the element has blocks of its own for contacts, accounts, leads, opportunities alone",
            None,
            None,
        ),
        (
            {POLLER: {"contacts": {}, "lead": {}}},
            f"{POLLER}.lead",
            "its block is empty",
            "leads",
            {POLLER: {"lead": None, "leads": {}}},
        ),
        (
            {POLLER: {"contacts": {}, "leads": {}}, "event.objects": "contacts"},
            f"{POLLER}.leads",
            "event.objects names others alone",
            None,
            {"event.objects": "contacts,leads"},
        ),
        (
            {POLLER: {"contacts": {}, "leads": {}}, "event.poller.urls": "contacts"},
            f"{POLLER}.leads",
            "event.poller.urls names others alone",
            None,
            {"event.poller.urls": "contacts|leads"},
        ),
        (
            {POLLER: {}, "event.poller.urls": "contacts", "event.objects": "contacts, leads"},
            "event.objects",
            "event.poller.urls takes the place of event.objects",
            None,
            {"event.poller.urls": "contacts|leads"},
        ),
    ],
)
def test_a_resource_that_is_polled_by_nothing_is_seen(configured, path, why, nearest, change):
    (only,) = found(guide(configured)).listed

    assert (only.rule, only.path) == (LintRule.UNPOLLED_RESOURCE, f"configuration.{path}")
    assert f"is not polled, since {why}" in only.message
    assert (only.nearest, only.change) == (nearest, change)


@each_row("said", [..., None, "", " "])
def test_a_resource_without_an_id_is_seen(said):
    made = block("idField") if said is ... else block(idField=said)

    assert slips(polling(contacts=made)) == [("missing-id-field", f"{POLLER}.contacts", "CONTACT_ID")]
    assert message(polling(contacts=made)) == (
        "'contacts' has no idField: its events come without objectId, and name no record"
    )


def test_what_nothing_reads_in_provider_data_is_seen():
    assert slips(guide(providerData={"secret": "x", "Debug": True, "state": None})) == [
        ("unknown-key", "providerData.secret", None),
        ("key-case", "providerData.Debug", "debug"),
    ]


@each_row(("name", "seen"), [("ADA@example.com", 0), ("ada@example.com", 0), ("ada", 1)])
def test_a_user_name_that_is_not_the_keys_is_seen(name, seen):
    body = guide({"username": name})

    values = configuration.complete(body["configuration"], INSIGHTLY)

    listed = of_body(body, values, INSIGHTLY, vendor_user="ada@example.com").listed

    assert [each.path for each in listed] == ["configuration.username"] * seen
    assert all("Insightly goes by password alone" in each.message for each in listed)


BY_CREATED = "records are reported as CREATED, by their created date, and no change of them is"
EVERY_RECORD = "every record that a poll sees is reported, each time"


@each_row(
    ("made", "happens"),
    {
        "createdDateField": (
            block("createdDateField"),
            "all that is reported is UPDATED, and nothing CREATED",
        ),
        "updatedDateFormat": (block("updatedDateFormat"), BY_CREATED),
        "createdDateField, filtered by": (
            block("createdDateField", filterByUpdatedDate=False),
            "with filterByUpdatedDate false polls have no date to compare",
        ),
        "updatedDateField": (block("datesConfiguration"), EVERY_RECORD),
        "the formats": (block("updatedDateFormat", "createdDateFormat"), EVERY_RECORD),
    },
)
def test_a_resource_without_a_date_that_counts_is_seen(made, happens):
    assert slips(polling(contacts=made)) == [("missing-date-field", f"{POLLER}.contacts", None)]
    assert f": {happens}" in message(polling(contacts=made))


def test_a_callback_url_that_nothing_can_be_sent_to_is_seen_where_there_are_events():
    assert len(message(guide({URL: "x" * 9999}), refusal=str)) == 400
    assert slips(guide({URL: "x", "event.notification.enabled": False}), refusal=str) == []


def test_several_slips_are_all_seen():
    body = guide({POLLER: {"contacts": block("idField", idFeild="x")}}, tagz=[])

    assert [rule for rule, _, _ in slips(body)] == ["key-misspelt", "missing-id-field", "key-misspelt"]


def test_no_value_of_a_stranger_is_repeated():
    body = guide({"my.secret": "hidden", "pasword": "hidden"}, secrt="hidden")

    assert "hidden" not in str(found(body))


def test_only_so_many_are_told_and_the_rest_is_counted():
    body = guide({f"own{nth}": 1 for nth in range(MOST)}, **{f"mine{nth}": 1 for nth in range(MOST + 7)})

    all_of_it = found(body)

    assert (len(all_of_it.listed), all_of_it.more) == (MOST, MOST + 7)
    assert all_of_it.to_json()[-1] == {
        "rule": "more",
        "path": "",
        "message": f"{MOST + 7} more; GET /_local/warnings on the platform lists up to {MOST}",
        "nearest": None,
    }


def test_a_header_says_all_as_it_is_listed():
    body = found(guide(tagz=1))

    assert json.loads(body.header()) == body.to_json()
    assert ConfigWarnings().header() is None


def test_a_header_has_at_least_one_however_long_its_names_are():
    longest = "\U0001f680" * 500
    said = json.loads(found(polling(**{longest: block(dates={longest: 1})})).header())

    assert [each["rule"] for each in said] == ["unknown-key"]


names = st.text(max_size=60) | st.sampled_from(["idField", "tags", "url", "datesConfiguration", POLLER, URL])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=20,
)
blocks = st.dictionaries(
    names,
    st.dictionaries(names, values, max_size=4).map(
        lambda more: {**more, "url": "/x", "idField": "x", "datesConfiguration": more}
    ),
    max_size=5,
)


@given(st.dictionaries(names, values, max_size=30), st.dictionaries(names, values, max_size=30), blocks)
def test_whatever_the_body_its_header_is_a_list_in_ascii_of_so_many_bytes_at_the_most(
    top, configured, polled
):
    body = top | {"configuration": configured | {"event.notification.enabled": True, POLLER: polled}}
    try:
        said = found(body, refusal=str).header()
    except PlatformError:  # it is refused, and has no warnings
        return

    assert said is None or (said.isascii() and said.isprintable() and len(said) <= LARGEST_HEADER)
    assert all(each.keys() == {"rule", "path", "message", "nearest"} for each in json.loads(said or "[]"))


@given(
    st.lists(
        st.builds(ConfigWarning, rule=st.sampled_from(LintRule), path=names, message=st.text(max_size=400))
    )
)
def test_what_a_header_leaves_out_is_counted(listed):
    warnings = ConfigWarnings(listed=tuple(listed), more=3)

    said = json.loads(warnings.header() or "[]")

    assert said == [] or said[-1]["message"].startswith(f"{len(listed) - (len(said) - 1) + 3} more")
