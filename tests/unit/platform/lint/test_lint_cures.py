"""Whatever a block says, the cure of a finding takes it away; letters of date patterns that are not what is meant."""

from copy import deepcopy
from datetime import timedelta

from each_row import each_row
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from elements_local.clients.guide import patched
from elements_local.platform.configuration import instance_configuration as configuration
from elements_local.platform.core.objects import MappedField, ObjectDefinition, Objects, Transformation
from elements_local.platform.core.settings import EmptyBlock
from elements_local.platform.dates.java_dates import compile_pattern
from elements_local.platform.elements.insightly.definition import INSIGHTLY
from elements_local.platform.errors import DatePatternError, PlatformError
from elements_local.platform.lint.dates import corrected
from elements_local.platform.lint.instance import LintContext, of_body, of_instance
from elements_local.platform.lint.rules import RULES

POLLER = "event.poller.configuration"

PATTERNS = st.sampled_from(
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-mm-dd hh:MM:ss", "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "milliseconds",
        "uuuu-MM-DD kk:mm:SS", "EEE, dd MMM yyyy HH:mm:ss z", "", "'", "MM", "Y",
    ]
) | st.text(alphabet="yMdHhmsSaZX':- ", max_size=12)  # fmt: skip
ZONES = st.sampled_from(["GMT", "UTC", "Asia/Tokyo", "PST", "-8:00", "America/Denver", "", "Nowhere"])
FIELDS = st.sampled_from(
    [
        "DATE_UPDATED_UTC",
        "DATE_CREATED_UTC",
        "date_updated_utc",
        "DATE_UPDTED_UTC",
        "CONTACT_ID",
        "changed",
        "",
    ]
)
WORDS = st.lists(
    st.sampled_from(
        [
            "updated_after_utc", "DATE_UPDATED_UTC", "DATE_CREATED_UTC", "LAST_NAME", "=", "<", ">=", ">", "<=", "!=", "'", " and ",
            " or ", "(", ")", "${gmtDate:yyyy-MM-dd HH:mm:ss}", "${nowTimeZone:GMT:yyyy-MM-dd HH:mm:ss}", "${date}", "${epoch}",
            "${gmtDat:yyyy}", "${dateTimeZone:Asia/Tokyo:yyyy-MM-dd HH:mm:ss}", "'${gmtDate:hh 'o''clock'}'", "Byron", "%27", "+",
            "&orderBy=DATE_UPDATED_UTC desc", "&where=x", " is null", " like ", " in ",
        ]
    ),
    max_size=8,
).map("".join)  # fmt: skip
URLS = (
    st.builds("/hubs/crm/{}?where={}".format, st.sampled_from(["contacts", "accounts", "tasks", "x"]), WORDS)
    | st.sampled_from(["/hubs/crm/contacts", "/hubs/crm/contacts?", "/x", "contacts"])
    | st.builds(
        "/hubs/crm/contacts?where={} {} '${{{}:{}}}'".format,
        FIELDS,
        st.sampled_from(["<", ">", "=", ">=", "!="]),
        st.sampled_from(["gmtDate", "nowTimeZone:GMT", "dateTimeZone:Asia/Tokyo"]),
        PATTERNS,
    )
)
SECONDS = st.sampled_from([None, 0, 1, 59, 60, 61, 899, 900, 901, 10**17])
BLOCKS = st.fixed_dictionaries(
    {"url": URLS},
    optional={
        "pageSize": st.sampled_from([1, 9, 10]),
        "idField": st.sampled_from(["CONTACT_ID", "contact_id", "$.CONTACT_ID", "id", "key", ""]),
        "pollDelay": SECONDS,
        "createdCheckTolerance": SECONDS,
        "filterByUpdatedDate": st.booleans(),
        "datesConfiguration": st.fixed_dictionaries(
            {},
            optional={
                "updatedDateField": FIELDS,
                "updatedDateFormat": PATTERNS,
                "updatedDateTimezone": ZONES,
                "createdDateField": FIELDS,
                "createdDateFormat": PATTERNS,
                "createdDateTimezone": ZONES,
            },
        ),
    },
)
NAMES = st.sampled_from(["contacts", "accounts", "leads", "people", "tasks"])
CONFIGURATIONS = st.builds(
    lambda blocks, enabled, vendor, interval: {
        POLLER: blocks,
        "event.notification.enabled": enabled,
        "event.vendor.type": vendor,
        "event.poller.refresh_interval": interval,
        "event.notification.callback.url": "http://127.0.0.1/x",
    },
    st.dictionaries(NAMES, BLOCKS | st.just({}), max_size=3),
    st.sampled_from([True, None]),
    st.sampled_from(["polling", "webhook"]),
    st.sampled_from([1, 15, 1441]),
)
MAPPED = Objects(
    definitions={"contacts": ObjectDefinition()},
    transformations={
        "contacts": Transformation(
            vendor_name="contacts",
            fields=(
                MappedField(path="key", vendor_path="CONTACT_ID"),
                MappedField(path="changed", vendor_path="DATE_UPDATED_UTC"),
            ),
        )
    },
)


def found(configured, objects, lag):
    around = LintContext(
        element=INSIGHTLY,
        empty_block=EmptyBlock.DEFAULT,
        refusal=lambda _url: None,
        fields=lambda _name: ["CONTACT_ID", "DATE_UPDATED_UTC", "DATE_CREATED_UTC"],
        lag=timedelta(seconds=lag),
    )
    values = configuration.complete({"username": "a", "password": "b", **configured}, INSIGHTLY)
    configuration.check(values, INSIGHTLY, empty_block=EmptyBlock.DEFAULT)
    return of_instance(values, of_body({"configuration": configured}, values, INSIGHTLY), around, objects)


@settings(max_examples=examples(60))
@given(CONFIGURATIONS, st.sampled_from([Objects(), MAPPED]), st.sampled_from([0, 60]))
def test_a_cure_is_accepted_and_takes_its_finding_away(configured, objects, lag):
    try:
        findings = found(configured, objects, lag)
    except PlatformError:  # it is refused, and has none
        return
    for finding in findings.listed:
        assert finding.rule in RULES
        assert len(finding.message) <= 410
        if finding.change is not None:
            cured = patched(deepcopy(configured), finding.change)
            left = [(each.rule, each.path) for each in found(cured, objects, lag).listed]
            assert (finding.rule, finding.path) not in left, (finding, cured)


@each_row(
    ("pattern", "meant"),
    [
        ("yyyy-mm-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss"),
        ("yyyy-MM-dd HH:MM:ss", "yyyy-MM-dd HH:mm:ss"),
        ("yyyy-mm-dd'T'HH:MM:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ("mm/dd/yyyy HH:mm", "MM/dd/yyyy HH:mm"),
        ("dd.mm.yyyy", "dd.MM.yyyy"),
        ("yyyymmddHHmmss", "yyyyMMddHHmmss"),
        ("yyyy-MM-dd hh:mm:ss", "yyyy-MM-dd HH:mm:ss"),
        ("yyyy-MM-dd KK:mm:ss", "yyyy-MM-dd HH:mm:ss"),
        ("yyyy-MM-DD HH:mm:ss", "yyyy-MM-dd HH:mm:ss"),
        ("uuuu-MM-dd", "yyyy-MM-dd"),
        ("YYYY-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss"),
        ("yyyy-MM-dd HH:mm:SS", "yyyy-MM-dd HH:mm:ss"),
    ],
)
def test_a_letter_that_is_hardly_ever_meant_becomes_the_one_that_is(pattern, meant):
    assert corrected(pattern) == meant


@each_row(
    "pattern",
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "yyyy-MM-dd HH:mm:ss.SS",
        "MM/dd/yyyy hh:mm:ss a", "EEE MMM dd HH:mm:ss zzz yyyy", "d MMMM yyyy kk:mm:ss",
        "yyyyMMddHHmmss", "yyyy-DDD", "YYYY-'W'ww-u", "mm:ss", "'mm' yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss.SSS Z",
        "",
    ],
)  # fmt: skip
def test_a_pattern_that_is_in_order_stays_as_it_is(pattern):
    assert corrected(pattern) == pattern


@settings(max_examples=examples(40))
@given(st.text(alphabet="yYMdDHhKkmsSazuw :-'.", max_size=20))
def test_what_is_meant_is_a_pattern_again_and_has_nothing_left_to_object_to(pattern):
    try:
        compile_pattern(pattern)
    except DatePatternError:
        return
    meant = corrected(pattern)

    compile_pattern(meant)
    assert len(meant) == len(pattern)
