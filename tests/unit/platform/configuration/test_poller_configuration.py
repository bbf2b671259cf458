"""What an instance polls, in each of the three ways to say it, and what is refused with which words."""

import json
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.platform.configuration.poller_configuration import (
    CONFIGURATION,
    entries_of,
    refresh_interval,
    resources,
)
from elements_local.platform.core.choices import EmptyBlock
from elements_local.platform.core.poll import DateField, Resource
from elements_local.platform.elements.insightly.definition import INSIGHTLY, POLLER_DEFAULTS
from elements_local.platform.errors import InvalidRequestError, PollerConfigurationError

GUIDE = "yyyy-MM-dd HH:mm:ss"
CONTACTS = Resource(
    name="contacts",
    url="/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'",
    id_field="CONTACT_ID",
    updated=DateField(path="DATE_UPDATED_UTC", pattern=GUIDE),
    created=DateField(path="DATE_CREATED_UTC", pattern=GUIDE),
)
PLAIN = {"url": "/hubs/crm/tasks"}


def read(configuration, *, defaults=POLLER_DEFAULTS, empty_block=EmptyBlock.DEFAULT):
    return resources(configuration, defaults=defaults, empty_block=empty_block)


def of_entries(entries, **more) -> tuple[Resource, ...]:
    return read({"event.poller.configuration": json.dumps(entries)}, **more)


def of_entry(**entry) -> Resource:
    (resource,) = of_entries({"tasks": {**PLAIN, **entry}})
    return resource


def of_dates(**dates) -> Resource:
    return of_entry(datesConfiguration=dates)


def refused(configuration) -> str:
    with pytest.raises(PollerConfigurationError) as refusal:
        read(configuration)
    return str(refusal.value)


def test_an_entry_in_full():
    entry = {
        "url": "/hubs/crm/tasks?where=a='${date:yyyy}'",
        "idField": "TASK_ID",
        "datesConfiguration": {
            "updatedDateField": "changed.at",
            "updatedDateFormat": "milliseconds",
            "updatedDateTimezone": "America/Denver",
            "createdDateField": "['made at']",
            "createdDateFormat": "MM/dd/yyyy",
            "createdDateTimezone": "-8:00",
        },
        "filterByUpdatedDate": False,
        "filterByCurrentDate": True,
        "createdCheckTolerance": 10,
        "pageSize": 20,
        "pollDelay": 5,
    }

    assert of_entries({"tasks": entry}) == (
        Resource(
            name="tasks",
            url="/hubs/crm/tasks?where=a='${date:yyyy}'",
            id_field="TASK_ID",
            updated=DateField(path="changed.at", pattern="milliseconds", zone="America/Denver"),
            created=DateField(path="['made at']", pattern="MM/dd/yyyy", zone="-8:00"),
            filter_by_updated_date=False,
            filter_by_current_date=True,
            created_check_tolerance=timedelta(seconds=10),
            page_size=20,
            poll_delay=timedelta(seconds=5),
        ),
    )


def test_a_url_is_enough_and_the_rest_has_its_defaults():
    assert of_entry() == Resource(
        name="tasks",
        url="/hubs/crm/tasks",
        id_field="",
        updated=None,
        created=None,
        filter_by_updated_date=True,
        filter_by_current_date=False,
        created_check_tolerance=None,
        page_size=None,
        poll_delay=timedelta(0),
    )


def test_resources_are_polled_in_the_order_of_their_entries():
    names = ["zebras", "contacts", "ants"]

    assert [resource.name for resource in of_entries(dict.fromkeys(names, PLAIN))] == names


def test_any_resource_may_be_polled():
    (resource,) = of_entries({"Fruit__c": {"url": "/hubs/crm/Fruit__c"}})

    assert (resource.name, resource.url) == ("Fruit__c", "/hubs/crm/Fruit__c")


@pytest.mark.parametrize("key", ["filterByUpdatedDate", "filterByCurrentDate"])
@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True),
        (False, False),
        ("true", True),
        ("false", False),
        ("TRUE", True),
        (" False ", False),
        (" true ", True),
    ],
    ids=repr,
)
def test_a_flag_is_a_flag_or_its_text(key, value, flag):
    resource = of_entry(**{key: value})

    assert {
        "filterByUpdatedDate": resource.filter_by_updated_date,
        "filterByCurrentDate": resource.filter_by_current_date,
    }[key] is flag


@pytest.mark.parametrize("nothing", [None, ""], ids=repr)
def test_nothing_in_a_key_means_its_default(nothing):
    keys = (
        "idField", "filterByUpdatedDate", "filterByCurrentDate", "createdCheckTolerance", "pageSize", "pollDelay"
    )  # fmt: skip

    assert of_entry(**dict.fromkeys(keys, nothing)) == of_entry()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(0, 0), (2, 2), ("2", 2), (" 60 ", 60), ("007", 7), (10**17, 10**17)],
    ids=repr,
)
def test_seconds_are_a_number_or_its_text(value, seconds):
    resource = of_entry(createdCheckTolerance=value, pollDelay=value)

    expected = timedelta(seconds=min(seconds, timedelta.max // timedelta(seconds=1)))
    assert (resource.created_check_tolerance, resource.poll_delay) == (expected, expected)


@pytest.mark.parametrize(("value", "size"), [(1, 1), (200, 200), ("20", 20), (" 5 ", 5)], ids=repr)
def test_a_page_size_is_a_number_or_its_text(value, size):
    assert of_entry(pageSize=value).page_size == size


def test_a_tolerance_among_the_dates_counts():
    assert of_dates(createdCheckTolerance=5).created_check_tolerance == timedelta(seconds=5)
    assert of_dates(createdCheckTolerance="5").created_check_tolerance == timedelta(seconds=5)


def test_a_tolerance_in_its_own_place_wins_over_one_among_the_dates():
    resource = of_entry(createdCheckTolerance=2, datesConfiguration={"createdCheckTolerance": 5})

    assert resource.created_check_tolerance == timedelta(seconds=2)


@pytest.mark.assumed
@pytest.mark.parametrize(
    ("inner", "zone"),
    [({}, "MST"), ({"updatedDateTimezone": "GMT"}, "GMT"), ({"updatedDateTimezone": ""}, "MST")],
)
def test_a_zone_beside_the_dates_counts_where_there_is_none_inside(inner, zone):
    dates = {"updatedDateField": "U", "updatedDateFormat": "yyyy", "createdDateField": "C", **inner}
    resource = of_entry(updatedDateTimezone="MST", datesConfiguration=dates)

    assert (resource.updated.zone, resource.created.zone) == (zone, zone)


@pytest.mark.parametrize(
    ("entry", "filters"),
    [
        ({"filterByUpdateDate": False}, False),
        ({"filterByUpdateDate": "false", "filterByUpdatedDate": True}, True),
        ({}, True),
    ],
)
def test_the_older_spelling_of_the_filter_is_read(entry, filters):
    assert of_entry(**entry).filter_by_updated_date is filters


def test_created_dates_are_written_like_updated_ones_unless_they_say_otherwise():
    resource = of_dates(
        updatedDateField="u", updatedDateFormat="yyyy", updatedDateTimezone="PST", createdDateField="c"
    )

    assert resource.updated == DateField(path="u", pattern="yyyy", zone="PST")
    assert resource.created == DateField(path="c", pattern="yyyy", zone="PST")


def test_the_zone_of_dates_is_gmt_unless_they_say_otherwise():
    resource = of_dates(
        updatedDateField="u",
        updatedDateFormat="yyyy",
        createdDateField="c",
        createdDateFormat="MM",
        createdDateTimezone="PST",
    )

    assert resource.updated == DateField(path="u", pattern="yyyy", zone="GMT")
    assert resource.created == DateField(path="c", pattern="MM", zone="PST")


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param({}, id="no keys"),
        pytest.param({"updatedDateField": "u"}, id="no format"),
        pytest.param({"updatedDateField": "u", "updatedDateFormat": ""}, id="an empty format"),
        pytest.param({"updatedDateFormat": "yyyy"}, id="no field"),
        pytest.param({"updatedDateField": " ", "updatedDateFormat": "yyyy"}, id="a blank field"),
        pytest.param({"updatedDateField": None, "updatedDateFormat": "yyyy"}, id="null"),
    ],
)
def test_half_a_date_is_none(dates):
    assert of_dates(**dates).updated is None


@pytest.mark.parametrize("dates", [None, {}])
def test_dates_may_be_left_out(dates):
    resource = of_entry(datesConfiguration=dates)

    assert (resource.updated, resource.created) == (None, None)


def test_blanks_around_paths_and_urls_do_not_matter():
    resource = of_entry(url=" /hubs/crm/tasks ", idField=" TASK_ID ")

    assert (resource.url, resource.id_field) == ("/hubs/crm/tasks", "TASK_ID")


@pytest.mark.parametrize("text", [None, "", " ", "{}", " {} \n"], ids=repr)
def test_an_empty_configuration_polls_nothing(text):
    assert read({"event.poller.configuration": text}) == ()
    assert read({}) == ()


def test_insightlys_own_entry_is_the_guides():
    assert of_entries({"contacts": POLLER_DEFAULTS["contacts"]}) == (CONTACTS,)


@pytest.mark.assumed
def test_an_empty_block_is_the_elements_own():
    assert of_entries({"contacts": {}, "leads": {}})[0] == CONTACTS
    assert [resource.id_field for resource in of_entries({"contacts": {}, "leads": {}})] == [
        "CONTACT_ID",
        "LEAD_ID",
    ]


def test_what_an_empty_block_means_is_a_setting_by_name():
    assert [EmptyBlock("default"), EmptyBlock("skip")] == [EmptyBlock.DEFAULT, EmptyBlock.SKIP]


@pytest.mark.assumed
def test_an_empty_block_can_be_skipped_instead():
    entries = {"contacts": {}, "tasks": PLAIN}

    found = of_entries(entries, empty_block=EmptyBlock.SKIP)

    assert [resource.name for resource in found] == ["tasks"]


@pytest.mark.assumed
@pytest.mark.parametrize("empty_block", list(EmptyBlock))
def test_an_empty_block_of_a_resource_that_the_element_does_not_know_polls_nothing(empty_block):
    assert of_entries({"tasks": {}}, empty_block=empty_block) == ()


@pytest.mark.parametrize("empty_block", EmptyBlock)
def test_the_configuration_that_insightly_ships_with_is_whole_and_indented(empty_block):
    shipped = next(entry.default for entry in INSIGHTLY.keys if entry.key == "event.poller.configuration")

    found = read({"event.poller.configuration": shipped}, empty_block=empty_block)

    assert [resource.name for resource in found] == ["contacts", "accounts", "leads", "opportunities"]
    assert shipped.startswith('{\n  "contacts": {\n    "url"')


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("{", "line 1, column 2", id="cut off"),
        pytest.param('{"contacts": {}', "line 1, column 16", id="cut off later"),
        pytest.param(
            '{"contacts": {}\n "leads": {}}',
            """line 2, column 2: expected ',' or '}'; got '"leads"'""",
            id="no comma",
        ),
        pytest.param('{"contacts": {"url": "/x",}}', "line 1, column 2", id="a comma too many"),
        pytest.param("{'contacts': {}}", "line 1, column 2", id="single quotes"),
        pytest.param("contacts", "line 1, column 1", id="a bare word"),
        pytest.param('{"contacts": {"url": "a\nb"}}', "line 1, column 24", id="a line break in a text"),
        pytest.param("{} {}", "line 1, column 4", id="two objects"),
        pytest.param("[" * 100_000, "nested too deeply", id="endless arrays"),
        pytest.param(
            '{"a": {"pageSize": ' + "9" * 5000 + "}}",
            "line 1, column 20: number out of range",
            id="an endless number",
        ),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(text, place):
    message = refused({"event.poller.configuration": text})

    assert message.startswith("event.poller.configuration is not JSON: ")
    assert place in message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[]", "must be an object of resources; got an array", id="an array"),
        pytest.param("null", "must be an object of resources; got null", id="null"),
        pytest.param('"contacts"', "must be an object of resources; got a text", id="a text"),
        pytest.param("5", "must be an object of resources; got a number", id="a number"),
        pytest.param("1.5", "must be an object of resources; got a number", id="a fraction"),
        pytest.param("true", "must be an object of resources; got a flag", id="a flag"),
        pytest.param(
            '{"contacts": null}', "'contacts' must be an object; got null", id="null for a resource"
        ),
        pytest.param('{"contacts": []}', "'contacts' must be an object; got an array", id="an array for one"),
        pytest.param('{"contacts": "/x"}', "'contacts' must be an object; got a text", id="a text for one"),
        pytest.param('{"contacts": true}', "'contacts' must be an object; got a flag", id="a flag for one"),
        pytest.param('{"a": {"url": "/\\ud800"}}', "letters in pairs only", id="half a letter"),
        pytest.param('{"\\udfff": {}}', "letters in pairs only", id="half a letter in a name"),
        pytest.param('{"": {"url": "/x"}}', "a resource must have a name; got ''", id="no name"),
        pytest.param('{" ": {"url": "/x"}}', "a resource must have a name; got ' '", id="a blank name"),
    ],
)
def test_json_that_is_no_configuration_is_refused(text, words):
    message = refused({"event.poller.configuration": text})

    assert message.startswith("event.poller.configuration")
    assert message.endswith(words)


def test_a_letter_in_two_halves_is_a_letter():
    (resource,) = read({"event.poller.configuration": '{"\\ud83d\\ude42": {"url": "/x"}}'})

    assert resource.name == "🙂"


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        pytest.param(
            "url", None, "a path on the platform, such as /hubs/crm/contacts?where=...", id="url: nothing"
        ),
        pytest.param(
            "url", "", "a path on the platform, such as /hubs/crm/contacts?where=...", id="url: empty"
        ),
        pytest.param(
            "url",
            "hubs/crm/tasks",
            "a path on the platform, such as /hubs/crm/contacts?where=...",
            id="url: no slash",
        ),
        pytest.param(
            "url",
            "//evil.example",
            "a path on the platform, such as /hubs/crm/contacts?where=...",
            id="url: two slashes",
        ),
        pytest.param(
            "url",
            "https://evil.example/x",
            "a path on the platform, such as /hubs/crm/contacts?where=...",
            id="url: a host",
        ),
        pytest.param("url", 5, "a text", id="url: a number"),
        pytest.param("url", {}, "a text", id="url: an object"),
        pytest.param("idField", 5, "a text", id="idField: a number"),
        pytest.param("idField", ["a"], "a text", id="idField: an array"),
        pytest.param("datesConfiguration", "x", "an object", id="datesConfiguration: a text"),
        pytest.param("datesConfiguration", [], "an object", id="datesConfiguration: an array"),
        pytest.param("datesConfiguration", False, "an object", id="datesConfiguration: a flag"),
        pytest.param("filterByUpdatedDate", "yes", "true or false", id="filterByUpdatedDate: a word"),
        pytest.param("filterByUpdatedDate", 1, "true or false", id="filterByUpdatedDate: a number"),
        pytest.param("filterByCurrentDate", [], "true or false", id="filterByCurrentDate: an array"),
        pytest.param("createdCheckTolerance", -1, "whole seconds, 0 or more", id="tolerance: negative"),
        pytest.param("createdCheckTolerance", 1.5, "whole seconds, 0 or more", id="tolerance: a fraction"),
        pytest.param("createdCheckTolerance", "2s", "whole seconds, 0 or more", id="tolerance: a unit"),
        pytest.param(
            "createdCheckTolerance", "\u0665", "whole seconds, 0 or more", id="tolerance: another script"
        ),
        pytest.param("createdCheckTolerance", True, "whole seconds, 0 or more", id="tolerance: a flag"),
        pytest.param("createdCheckTolerance", {}, "whole seconds, 0 or more", id="tolerance: an object"),
        pytest.param("createdCheckTolerance", 10**18, "whole seconds, 0 or more", id="tolerance: 19 digits"),
        pytest.param("pollDelay", "-5", "whole seconds, 0 or more", id="pollDelay: negative"),
        pytest.param("pollDelay", 10**4000, "whole seconds, 0 or more", id="pollDelay: 4001 digits"),
        pytest.param("pageSize", 0, "a whole number, 1 or more", id="pageSize: nought"),
        pytest.param("pageSize", "0", "a whole number, 1 or more", id="pageSize: nought as a text"),
        pytest.param("pageSize", -20, "a whole number, 1 or more", id="pageSize: negative"),
        pytest.param("pageSize", "all", "a whole number, 1 or more", id="pageSize: a word"),
        pytest.param("pageSize", 20.0, "a whole number, 1 or more", id="pageSize: with a point"),
    ],
)
def test_a_wrong_value_is_refused_by_resource_and_key(key, value, expected):
    message = refused({"event.poller.configuration": json.dumps({"tasks": {**PLAIN, key: value}})})

    assert message.startswith(f"event.poller.configuration: tasks.{key} must be {expected}; got ")
    assert len(message) < 300


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        pytest.param("updatedDateField", 5, "must be a text; got 5", id="a field that is a number"),
        pytest.param("updatedDateFormat", [], "must be a text; got []", id="a format that is an array"),
        pytest.param("updatedDateFormat", "YYYY-MM-dd", "the letter 'Y' at column 1", id="an unknown letter"),
        pytest.param("updatedDateFormat", "yyyy'T", "the quote at column 5", id="an open quote"),
        pytest.param("updatedDateFormat", "y" * 201, "longer than 200", id="an endless format"),
        pytest.param("updatedDateFormat", "Milliseconds", "the letter 'i'", id="a word of another case"),
        pytest.param("updatedDateFormat", "ten digits", "the letter 't'", id="prose"),
        pytest.param("updatedDateTimezone", "Mars", "unknown time zone 'Mars'", id="an unknown zone"),
        pytest.param("updatedDateTimezone", 5, "must be a text; got 5", id="a zone that is a number"),
        pytest.param("createdDateField", {}, "must be a text", id="a created field that is an object"),
        pytest.param("createdDateFormat", "yyyy-MM-ddTHH", "the letter 'T'", id="a created format"),
        pytest.param("createdDateTimezone", "+25:00", "unknown time zone", id="a created zone"),
        pytest.param("createdCheckTolerance", "x", "must be whole seconds", id="a tolerance"),
    ],
)
def test_a_wrong_value_among_the_dates_is_refused_by_resource_and_key(key, value, words):
    entry = {
        **PLAIN,
        "datesConfiguration": {"updatedDateField": "u", "updatedDateFormat": "yyyy", key: value},
    }

    message = refused({"event.poller.configuration": json.dumps({"tasks": entry})})

    assert message.startswith(f"event.poller.configuration: tasks.datesConfiguration.{key}")
    assert words in message


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("/x?a=${gmtDate:YYYY}", "the letter 'Y' at column 1"),
        ("/x?a=${dateTimeZone:{TimeZone}:yyyy}", "expected a zone, a colon and a date pattern"),
        ("/x?a=${dateTimeZone:Mars:yyyy}", "unknown time zone 'Mars'"),
        ("/x?a=${gmtDate}", "the date pattern is empty"),
    ],
)
def test_a_url_that_cannot_be_filled_is_refused(url, words):
    message = refused({"event.poller.configuration": json.dumps({"tasks": {"url": url}})})

    assert message.startswith("event.poller.configuration: tasks.url: ")
    assert words in message


@pytest.mark.parametrize(
    "line", ["contacts|accounts", "contacts\naccounts", " contacts | accounts ", "contacts\r\n\naccounts\n"]
)
def test_names_between_bars_or_on_lines_choose_among_the_entries(line):
    (first, second) = read({"event.poller.configuration": "{}", "event.poller.urls": line})

    assert first == CONTACTS
    assert second.id_field == "ORGANISATION_ID"


@pytest.mark.parametrize("names", ["contacts,accounts", " contacts , accounts ", "contacts,,accounts,"])
def test_event_objects_are_names_between_commas(names):
    (first, second) = read({"event.objects": names})

    assert first == CONTACTS
    assert second.id_field == "ORGANISATION_ID"


def test_names_choose_the_instances_own_entry_before_the_elements():
    own = json.dumps({"contacts": {"url": "/mine"}, "accounts": {"url": "/other"}})

    (resource,) = read({"event.poller.configuration": own, "event.objects": "contacts"})

    assert resource.url == "/mine"


def test_names_choose_the_elements_entry_even_where_empty_blocks_are_skipped():
    (resource,) = read({"event.objects": "contacts"}, empty_block=EmptyBlock.SKIP)

    assert resource == CONTACTS


def test_a_name_that_comes_twice_is_polled_once():
    assert len(read({"event.objects": "contacts,contacts"})) == 1


def test_urls_win_over_objects():
    (resource,) = read({"event.poller.urls": "leads", "event.objects": "contacts"})

    assert resource.name == "leads"


@pytest.mark.parametrize("nothing", ["", " ", ",", " , "])
def test_no_names_choose_nothing_and_leave_the_entries(nothing):
    own = json.dumps({"tasks": PLAIN})

    found = read({"event.poller.configuration": own, "event.poller.urls": " \n", "event.objects": nothing})

    assert [resource.name for resource in found] == ["tasks"]


@pytest.mark.parametrize("key", ["event.poller.urls", "event.objects"])
def test_a_name_that_nothing_is_known_of_is_refused_with_those_that_are(key):
    message = refused({"event.poller.configuration": json.dumps({"tasks": PLAIN}), key: "contact"})

    assert message == (
        "no poller configuration for 'contact'; known are: accounts, contacts, leads, opportunities, tasks"
    )


def test_a_full_line_of_urls():
    line = "contacts|/hubs/crm/contacts?where=a='${gmtDate:yyyy-MM-dd}'|/xpath|changed|yyyy-MM-dd|PST|made|MM/dd/yyyy|GMT"

    assert read({"event.poller.urls": line}) == (
        Resource(
            name="contacts",
            url="/hubs/crm/contacts?where=a='${gmtDate:yyyy-MM-dd}'",
            id_field="CONTACT_ID",
            updated=DateField(path="changed", pattern="yyyy-MM-dd", zone="PST"),
            created=DateField(path="made", pattern="MM/dd/yyyy", zone="GMT"),
        ),
    )


@pytest.mark.assumed
def test_a_line_of_a_resource_that_the_element_does_not_know_has_no_id():
    (resource,) = read({"event.poller.urls": "tasks|/hubs/crm/tasks||u|yyyy"})

    assert resource == Resource(
        name="tasks",
        url="/hubs/crm/tasks",
        updated=DateField(path="u", pattern="yyyy"),
    )


@pytest.mark.assumed
def test_a_line_of_a_resource_whose_block_names_no_id_has_none():
    (resource,) = read({"event.poller.urls": "tasks|/hubs/crm/tasks"}, defaults={"tasks": {}})

    assert resource.id_field == ""


def test_several_lines_are_polled_in_their_order():
    lines = "\n tasks | /hubs/crm/tasks \r\n  \nnotes|/hubs/crm/notes\n"

    assert [(resource.name, resource.url) for resource in read({"event.poller.urls": lines})] == [
        ("tasks", "/hubs/crm/tasks"),
        ("notes", "/hubs/crm/notes"),
    ]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        pytest.param("/hubs/crm/tasks", "expected up to 9 fields between bars", id="a URL alone"),
        pytest.param("a|/b\nc", "expected up to 9 fields between bars; got 'c'", id="a line and a name"),
        pytest.param("a|/b" + "|" * 8, "expected up to 9 fields between bars", id="ten fields"),
        pytest.param("a|b/c", "a.url must be a path on the platform", id="no path"),
        pytest.param("|/b", "a resource must have a name", id="no name"),
        pytest.param("a|/b||u|YYYY", "a.datesConfiguration.updatedDateFormat: date pattern", id="a pattern"),
        pytest.param("a|/b||u|yyyy|Mars", "a.datesConfiguration.updatedDateTimezone: unknown", id="a zone"),
        pytest.param("a|/b\na|/c", "a resource has more than one line", id="a resource twice"),
        pytest.param("x" * 100_000 + "/", "expected up to 9 fields", id="an endless line"),
    ],
)
def test_a_line_that_says_too_little_or_too_much_is_refused(lines, words):
    message = refused({"event.poller.urls": lines})

    assert message.startswith("event.poller.urls")
    assert words in message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("15", timedelta(minutes=15)),
        ("1", timedelta(minutes=1)),
        (" 5 ", timedelta(minutes=5)),
        ("060", timedelta(hours=1)),
    ],
)
def test_the_refresh_interval_is_whole_minutes(text, interval):
    assert refresh_interval(text) == interval


@pytest.mark.parametrize("text", ["9" * 18, "1440000000000"])
def test_a_huge_interval_parks_a_poller(text):
    assert refresh_interval(text) == timedelta(minutes=timedelta.max // timedelta(minutes=1))


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "0", "00", "-15", "+15", "1.5", "15.0", "15m", "a quarter", "1e3", "\u0661", "9" * 19, "1" * 10_000],
)  # fmt: skip
def test_what_is_no_interval_is_refused(text):
    with pytest.raises(
        PollerConfigurationError, match="refresh_interval must be whole minutes, 1 or more"
    ) as refusal:
        refresh_interval(text)

    assert len(str(refusal.value)) < 250


def test_entries_are_read_as_they_are():
    assert entries_of({CONFIGURATION: '{"b": {"x": 1}, "a": {}}'}) == {"b": {"x": 1}, "a": {}}


KEYS = (
    "url", "idField", "datesConfiguration", "filterByUpdatedDate", "filterByCurrentDate", "createdCheckTolerance",
    "pageSize", "pollDelay", "updatedDateField", "updatedDateFormat", "updatedDateTimezone", "createdDateField",
    "createdDateFormat", "createdDateTimezone",
)  # fmt: skip
json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.sampled_from(["/x", "/x?a=${gmtDate:yyyy}", "yyyy", "milliseconds", "PST", "true", "5"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=12,
)
texts = st.one_of(
    st.text(),
    st.dictionaries(st.sampled_from(["contacts", "tasks", "", "\ud800"]), json_values, max_size=2).map(
        json.dumps
    ),
    json_values.map(json.dumps),
    st.lists(st.sampled_from(["contacts", "|", "\n", ",", "/x", "yyyy", " ", "${epoch}"])).map("".join),
)


@given(
    st.dictionaries(
        st.sampled_from(["event.poller.configuration", "event.poller.urls", "event.objects"]),
        st.one_of(st.none(), texts),
    ),
    st.sampled_from(EmptyBlock),
)
@example({"event.poller.configuration": '{"a": {"url": "/\\ud800"}}'}, EmptyBlock.DEFAULT)
@example({"event.poller.configuration": '{"a": {"url": "/x", "pageSize": NaN}}'}, EmptyBlock.DEFAULT)
@example({"event.poller.configuration": '{"a": {"url": "/x", "pageSize": 1e999}}'}, EmptyBlock.DEFAULT)
@example({"event.poller.configuration": '{"a":' * 100_000}, EmptyBlock.DEFAULT)
def test_any_configuration_is_read_or_refused(configuration, empty_block):
    try:
        found = read(configuration, empty_block=empty_block)
    except InvalidRequestError:
        return

    assert all(resource.url.startswith("/") and resource.name.strip() for resource in found)
