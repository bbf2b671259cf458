"""What an instance polls, in each of the three ways to say it, and what is refused with which words."""

import importlib.util
import json
from datetime import timedelta

import pytest
from each_row import each_row
from hypothesis import example, given
from hypothesis import strategies as st

from elements_local.platform.configuration.poller_configuration import refresh_interval, resources
from elements_local.platform.configuration.poller_keys import POLLER_KEYS
from elements_local.platform.core.poll import DateField, Resource
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.elements.insightly.definition import INSIGHTLY, POLLER_DEFAULTS
from elements_local.platform.errors import InvalidRequestError, PollerConfigurationError
from elements_local.platform.explain.cause import Cause, CauseStage
from elements_local.platform.lint.rules import LintRule

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


@each_row(
    ("value", "flag"),
    [
        *[(value, True) for value in (True, "true", "TRUE", " true ")],
        *[(value, False) for value in (False, "false", " False ")],
    ],
)
def test_a_flag_is_a_flag_or_its_text(value, flag):
    resource = of_entry(filterByUpdatedDate=value, filterByCurrentDate=value)

    assert (resource.filter_by_updated_date, resource.filter_by_current_date) == (flag, flag)


@each_row("nothing", [None, ""])
def test_nothing_in_a_key_means_its_default(nothing):
    keys = (
        "idField", "filterByUpdatedDate", "filterByCurrentDate", "createdCheckTolerance", "pageSize", "pollDelay"
    )  # fmt: skip

    assert of_entry(**dict.fromkeys(keys, nothing)) == of_entry()


@each_row(("value", "seconds"), [(0, 0), (2, 2), ("2", 2), (" 60 ", 60), ("007", 7), (10**17, 10**17)])
def test_seconds_are_a_number_or_its_text(value, seconds):
    resource = of_entry(createdCheckTolerance=value, pollDelay=value)

    expected = timedelta(seconds=min(seconds, timedelta.max // timedelta(seconds=1)))
    assert (resource.created_check_tolerance, resource.poll_delay) == (expected, expected)


def test_a_tolerance_among_the_dates_counts_unless_there_is_one_in_its_own_place():
    both = of_entry(createdCheckTolerance=2, datesConfiguration={"createdCheckTolerance": 5})

    assert of_dates(createdCheckTolerance="5").created_check_tolerance == timedelta(seconds=5)
    assert both.created_check_tolerance == timedelta(seconds=2)


@pytest.mark.assumed
@each_row(
    ("inner", "zone"),
    [({}, "MST"), ({"updatedDateTimezone": "GMT"}, "GMT"), ({"updatedDateTimezone": ""}, "MST")],
)
def test_a_zone_beside_the_dates_counts_where_there_is_none_inside(inner, zone):
    dates = {"updatedDateField": "U", "updatedDateFormat": "yyyy", "createdDateField": "C", **inner}
    resource = of_entry(updatedDateTimezone="MST", datesConfiguration=dates)

    assert (resource.updated.zone, resource.created.zone) == (zone, zone)


@each_row(
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
    like, otherwise = (
        of_dates(updatedDateField="u", updatedDateFormat="yyyy", createdDateField="c", **more)
        for more in (
            {"updatedDateTimezone": "PST"},
            {"createdDateFormat": "MM", "createdDateTimezone": "PST"},
        )
    )

    assert like.updated == DateField(path="u", pattern="yyyy", zone="PST")
    assert like.created == DateField(path="c", pattern="yyyy", zone="PST")
    assert otherwise.updated == DateField(path="u", pattern="yyyy", zone="GMT")
    assert otherwise.created == DateField(path="c", pattern="MM", zone="PST")


@each_row(
    "dates",
    {
        "no keys": {},
        "no format": {"updatedDateField": "u"},
        "an empty format": {"updatedDateField": "u", "updatedDateFormat": ""},
        "no field": {"updatedDateFormat": "yyyy"},
        "a blank field": {"updatedDateField": " ", "updatedDateFormat": "yyyy"},
        "null": {"updatedDateField": None, "updatedDateFormat": "yyyy"},
    },
)
def test_half_a_date_is_none(dates):
    assert of_dates(**dates).updated is None


def test_blanks_around_paths_and_urls_do_not_matter():
    assert of_entry(url=" /hubs/crm/tasks ", idField=" TASK_ID ") == of_entry(idField="TASK_ID")


@each_row("text", [None, "", " ", "{}", " {} \n"])
def test_an_empty_configuration_polls_nothing(text):
    assert read({"event.poller.configuration": text}) == ()
    assert read({}) == ()


@pytest.mark.assumed
def test_an_empty_block_is_the_elements_own_and_can_be_skipped_instead():
    entries = {"contacts": {}, "tasks": PLAIN, "unknown": {}}

    assert of_entries(entries) == (CONTACTS, of_entry())
    assert of_entries(entries, empty_block=EmptyBlock.SKIP) == (of_entry(),)


@pytest.mark.parametrize("empty_block", EmptyBlock)
def test_the_configuration_that_insightly_ships_with_is_whole_and_indented(empty_block):
    shipped = next(entry.default for entry in INSIGHTLY.keys if entry.key == "event.poller.configuration")

    found = read({"event.poller.configuration": shipped}, empty_block=empty_block)

    assert found[0] == CONTACTS, "the guide's"
    assert [resource.name for resource in found] == ["contacts", "accounts", "leads", "opportunities"]
    assert shipped.startswith('{\n  "contacts": {\n    "url"')


@each_row(
    ("text", "place"),
    {
        "cut off": ("{", "line 1, column 2"),
        "cut off later": ('{"a": {}', "line 1, column 9"),
        "no comma": ('{"a": {}\n "b": {}}', """line 2, column 2: expected ',' or '}'; got '"b"'"""),
        "a comma too many": ('{"contacts": {"url": "/x",}}', "line 1, column 2"),
        "single quotes": ("{'contacts': {}}", "line 1, column 2"),
        "a bare word": ("contacts", "line 1, column 1"),
        "a line break in a text": ('{"contacts": {"url": "a\nb"}}', "line 1, column 24"),
        "two objects": ("{} {}", "line 1, column 4"),
        "endless arrays": ("[" * 100_000, "nested too deeply"),
        "an endless number": ('{"a": ' + "9" * 5000 + "}", "line 1, column 7: number out of range"),
    },
)
def test_what_is_no_json_is_refused_with_its_place(text, place):
    message = refused({"event.poller.configuration": text})

    assert message.startswith("event.poller.configuration is not JSON: ")
    assert place in message


NO_OBJECTS = {
    "[]": "an array",
    "null": "null",
    '"x"': "a text",
    "5": "a number",
    "1.5": "a number",
    "true": "a flag",
}
NO_CONFIGURATIONS = [
    *[(text, f"must be an object of resources; got {kind}") for text, kind in NO_OBJECTS.items()],
    *[(f'{{"a": {text}}}', f"'a' must be an object; got {kind}") for text, kind in NO_OBJECTS.items()],
    ('{"a": {"url": "/\\ud800"}}', "letters in pairs only"),
    ('{"\\udfff": {}}', "letters in pairs only"),
    ('{"": {"url": "/x"}}', "a resource must have a name; got ''"),
    ('{" ": {"url": "/x"}}', "a resource must have a name; got ' '"),
]


@each_row(("text", "words"), NO_CONFIGURATIONS)
def test_json_that_is_no_configuration_is_refused(text, words):
    message = refused({"event.poller.configuration": text})

    assert message.startswith("event.poller.configuration")
    assert message.endswith(words)


A_PATH = "a path on the platform, such as /hubs/crm/contacts?where=..."
URLS = ("hubs/crm/tasks", "//evil.example", "https://evil.example/x")
FLAGS = ("filterByUpdatedDate", "filterByCurrentDate")
SECONDS = ("createdCheckTolerance", "pollDelay")
NO_SECONDS = (-1, "-5", 1.5, "2s", "\u0665", True, {}, 10**18, 10**4000)
WRONG = [
    *[("url", value, A_PATH) for value in URLS],
    *[(key, value, "a text") for key in ("url", "idField") for value in (5, {}, ["a"])],
    *[("datesConfiguration", value, "an object") for value in ("x", [], False)],
    *[(key, value, "true or false") for key in FLAGS for value in ("yes", 1, [])],
    *[(key, value, "whole seconds, 0 or more") for key in SECONDS for value in NO_SECONDS],
    *[("pageSize", value, "a whole number, 1 or more") for value in (0, "0", -20, "all", 20.0)],
]


@each_row(("key", "value", "expected"), WRONG)
def test_a_wrong_value_is_refused_by_resource_and_key(key, value, expected):
    message = refused({"event.poller.configuration": json.dumps({"tasks": {**PLAIN, key: value}})})

    assert message.startswith(f"event.poller.configuration: tasks.{key} must be {expected}; got ")
    assert len(message) < 300


@each_row(
    ("key", "value", "words"),
    {
        "a field that is a number": ("updatedDateField", 5, "must be a text; got 5"),
        "a format that is an array": ("updatedDateFormat", [], "must be a text; got []"),
        "an unknown letter": ("updatedDateFormat", "GGGG-MM-dd", "the letter 'G' at column 1"),
        "an open quote": ("updatedDateFormat", "yyyy'T", "the quote at column 5"),
        "an endless format": ("updatedDateFormat", "y" * 201, "longer than 200"),
        "a word of another case": ("updatedDateFormat", "Milliseconds", "the letter 'i'"),
        "prose": ("updatedDateFormat", "ten digits", "the letter 't'"),
        "an unknown zone": ("updatedDateTimezone", "Mars", "unknown time zone 'Mars'"),
        "a zone that is a number": ("updatedDateTimezone", 5, "must be a text; got 5"),
        "a created field that is an object": ("createdDateField", {}, "must be a text"),
        "a created format": ("createdDateFormat", "yyyy-MM-ddTHH", "the letter 'T'"),
        "a created zone": ("createdDateTimezone", "+25:00", "unknown time zone"),
        "a tolerance": ("createdCheckTolerance", "x", "must be whole seconds"),
    },
)
def test_a_wrong_value_among_the_dates_is_refused_by_resource_and_key(key, value, words):
    entry = {
        **PLAIN,
        "datesConfiguration": {"updatedDateField": "u", "updatedDateFormat": "yyyy", key: value},
    }

    message = refused({"event.poller.configuration": json.dumps({"tasks": entry})})

    assert message.startswith(f"event.poller.configuration: tasks.datesConfiguration.{key}")
    assert words in message


@each_row(
    ("url", "words"),
    [
        ("/x?a=${gmtDate:GGGG}", "the letter 'G' at column 1"),
        ("/x?a=${dateTimeZone:{TimeZone}:yyyy}", "expected a zone, a colon and a date pattern"),
        ("/x?a=${dateTimeZone:Mars:yyyy}", "unknown time zone 'Mars'"),
        ("/x?a=${gmtDate}", "the date pattern is empty"),
    ],
)
def test_a_url_that_cannot_be_filled_is_refused(url, words):
    message = refused({"event.poller.configuration": json.dumps({"tasks": {"url": url}})})

    assert message.startswith("event.poller.configuration: tasks.url: ")
    assert words in message


@each_row("block", [{"pollDelay": 4}, {"url": ""}, {"url": None}])
def test_a_block_without_its_url_is_refused_and_says_what_does(block):
    message = refused({"event.poller.configuration": json.dumps({"tasks": block})})

    said = "tasks.url is missing; a block is whole, or {} for the element's own"
    assert message == f"event.poller.configuration: {said}"


BETWEEN_BARS = ("contacts|leads", "contacts\nleads", " contacts | leads ", "contacts\r\n\nleads\n")
BETWEEN_COMMAS = ("contacts,leads", " contacts , leads ", "contacts,,leads,contacts,")


@pytest.mark.parametrize("empty_block", EmptyBlock)
@each_row(
    "chosen",
    [
        *[{"event.poller.urls": text} for text in BETWEEN_BARS],
        *[{"event.objects": text} for text in BETWEEN_COMMAS],
        {"event.poller.urls": "contacts|leads", "event.objects": "accounts"},
    ],
)
def test_names_between_bars_on_lines_or_between_commas_choose_among_the_elements_entries(chosen, empty_block):
    first, second = read({"event.poller.configuration": "{}", **chosen}, empty_block=empty_block)

    assert (first, second.id_field) == (CONTACTS, "LEAD_ID")


@each_row("names", ["", " ", ",", " , ", "contacts"])
def test_names_choose_the_instances_own_entry_first_and_no_names_leave_all_of_them(names):
    own = json.dumps({"contacts": {"url": "/mine"}, "leads": {"url": "/other"}})

    found = read({"event.poller.configuration": own, "event.poller.urls": " \n", "event.objects": names})

    assert [resource.url for resource in found] == ["/mine", "/other"][: 1 if names == "contacts" else 2]


@each_row("key", ["event.poller.urls", "event.objects"])
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
        name="tasks", url="/hubs/crm/tasks", updated=DateField(path="u", pattern="yyyy")
    )


def test_several_lines_are_polled_in_their_order():
    lines = "\n tasks | /hubs/crm/tasks \r\n  \nnotes|/hubs/crm/notes\n"

    assert [(resource.name, resource.url) for resource in read({"event.poller.urls": lines})] == [
        ("tasks", "/hubs/crm/tasks"),
        ("notes", "/hubs/crm/notes"),
    ]


@each_row(
    ("lines", "words"),
    {
        "a URL alone": ("/hubs/crm/tasks", "expected up to 9 fields between bars"),
        "a line and a name": ("a|/b\nc", "expected up to 9 fields between bars; got 'c'"),
        "ten fields": ("a|/b" + "|" * 8, "expected up to 9 fields between bars"),
        "no path": ("a|b/c", "a.url must be a path on the platform"),
        "no name": ("|/b", "a resource must have a name"),
        "a pattern": ("a|/b||u|GGGG", "a.datesConfiguration.updatedDateFormat: date pattern"),
        "a zone": ("a|/b||u|yyyy|Mars", "a.datesConfiguration.updatedDateTimezone: unknown"),
        "a resource twice": ("a|/b\na|/c", "a resource has more than one line"),
        "an endless line": ("x" * 100_000 + "/", "expected up to 9 fields"),
    },
)
def test_a_line_that_says_too_little_or_too_much_is_refused(lines, words):
    message = refused({"event.poller.urls": lines})

    assert message.startswith("event.poller.urls")
    assert words in message
    assert len(message) < 400


PARKED = timedelta.max // timedelta(minutes=1)


@each_row(
    ("text", "minutes"), [("1", 1), (" 5 ", 5), ("060", 60), ("9" * 18, PARKED), ("1440000000000", PARKED)]
)
def test_the_refresh_interval_is_whole_minutes_and_a_huge_one_parks_a_poller(text, minutes):
    assert refresh_interval(text) == timedelta(minutes=minutes)


@each_row(
    "text",
    [
        None,
        "",
        " ",
        "0",
        "00",
        "-15",
        "+15",
        "1.5",
        "15m",
        "a quarter",
        "1e3",
        "\u0661",
        "9" * 19,
        "1" * 10_000,
    ],
)
def test_what_is_no_interval_is_refused(text):
    with pytest.raises(
        PollerConfigurationError, match="refresh_interval must be whole minutes, 1 or more"
    ) as refusal:
        refresh_interval(text)

    assert len(str(refusal.value)) < 250


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


WORDS = {*(stage.value for stage in CauseStage), *(cause.word for cause in Cause)}


@each_row("key", {key.name: key for key in POLLER_KEYS})
def test_an_entry_names_a_field_that_its_example_sets_a_module_links_of_the_chain_and_rules_of_lint(key):
    resource = of_dates(**{key.name: key.example}) if key.inside else of_entry(**{key.name: key.example})

    assert not key.field or getattr(resource, key.field) not in {"", None}
    assert importlib.util.find_spec(f"elements_local.platform.{key.used_by}")
    assert {*key.fixes} <= WORDS
    assert {*key.rules} <= {rule.value for rule in LintRule}
