"""Bad configurations are found, and their scenarios fail as they are and pass with the cure; good ones are left alone."""

from collections.abc import Iterator
from contextlib import closing
from copy import deepcopy

import pytest

from elements_local.clients import BASE_PATH
from elements_local.guide import instance_body, poller_entry
from elements_local.platform.lint.rules import RULES, LintRule
from elements_local.recording.text import write
from elements_local.replay.runner import How, Runner
from elements_local.scenarios.scenario import load
from elements_local.start import Options, in_process
from elements_local.what_if.configured import patched
from elements_local.what_if.findings import (
    AS_IT_IS,
    CURED,
    NoScenarioError,
    NoSuchInstanceError,
    of_body,
    of_instance,
    scenario_of,
    tried,
)
from elements_local.what_if.sweep import ENVIRONMENT

POLLER = "event.poller.configuration"
URL = "/hubs/crm/contacts?where=updated_after_utc='${gmtDate:yyyy-MM-dd HH:mm:ss}'"
CONTACTS_ALONE = {POLLER: dict.fromkeys(("accounts", "leads", "opportunities"))}
FIELD = "/hubs/crm/contacts?where=DATE_UPDATED_UTC {}'${{{}:yyyy-MM-dd HH:mm:ss}}'"


def contacts(**changes):
    """Return a patch of the configuration that changes the block of contacts."""
    return {POLLER: {"contacts": changes}}


def dates(**changes):
    return contacts(datesConfiguration=changes)


def both(pattern):
    return dates(updatedDateFormat=pattern, createdDateFormat=pattern)


BAD = {
    "months as minutes": ("date-letters", dates(updatedDateFormat="yyyy-mm-dd HH:MM:ss")),
    "minutes as months": ("date-letters", both("yyyy-MM-dd HH:MM:ss")),
    "hours to twelve": ("date-letters", both("yyyy-MM-dd hh:mm:ss")),
    "the day of the year": ("date-letters", both("yyyy-MM-DD HH:mm:ss")),
    "a weekday's number as the year": ("date-letters", both("uuuu-MM-dd HH:mm:ss")),
    "milliseconds as seconds": ("date-letters", both("yyyy-MM-dd HH:mm:SS")),
    "letters of the created date": ("date-letters", dates(createdDateFormat="yyyy-MM-dd hh:mm:ss")),
    "a day": ("date-without-seconds", both("yyyy-MM-dd")),
    "a minute": ("date-without-seconds", both("yyyy-MM-dd HH:mm")),
    "an ISO date": ("date-not-read", dates(updatedDateFormat="yyyy-MM-dd'T'HH:mm:ss'Z'")),
    "a created date that is not read": ("date-not-read", dates(createdDateFormat="dd.MM.yyyy HH:mm:ss")),
    "milliseconds": ("date-not-read", dates(updatedDateFormat="milliseconds")),
    "a zone to the east": ("date-zone", dates(updatedDateTimezone="Asia/Tokyo")),
    "a zone to the west": (
        "date-zone",
        dates(updatedDateTimezone="America/Denver", createdDateTimezone="America/Denver"),
    ),
    "a zone of the created date": ("date-zone", dates(createdDateTimezone="PST")),
    "a date field in another case": ("date-field", dates(updatedDateField="Date_Updated_UTC")),
    "a misspelt created date": ("date-field", dates(createdDateField="DATE_CREATD_UTC")),
    "a date that no record has": ("date-field", dates(updatedDateField="MODIFIED_AT")),
    "a date of a later version's records": ("date-field", dates(updatedDateField="LAST_ACTIVITY_DATE_UTC")),
    "a created date that no record has": ("date-field", dates(createdDateField="record.made")),
    "one date twice": ("date-fields-mixed-up", dates(createdDateField="DATE_UPDATED_UTC")),
    "the dates changed over": (
        "date-fields-mixed-up",
        dates(updatedDateField="DATE_CREATED_UTC", createdDateField="DATE_UPDATED_UTC"),
    ),
    "an id in another case": ("id-field", contacts(idField="contact_id")),
    "an alias as the id": ("id-field", contacts(idField="id")),
    "no id": ("missing-id-field", contacts(idField=None)),
    "no updated date": ("missing-date-field", dates(updatedDateField=None)),
    "no dates": ("missing-date-field", contacts(datesConfiguration=None)),
    "created ones alone": ("created-alone", contacts(filterByUpdatedDate=False)),
    "a URL without a filter": ("url-without-date", contacts(url="/hubs/crm/contacts")),
    "a fixed date": (
        "url-without-date",
        contacts(url="/hubs/crm/contacts?where=updated_after_utc='2020-01-01 00:00:00'"),
    ),
    "a filter of something else": (
        "url-without-date",
        contacts(url="/hubs/crm/contacts?where=LAST_NAME='Lovelace'"),
    ),
    "a misspelt placeholder": (
        "unknown-placeholder",
        contacts(url=URL.replace("gmtDate", "gmtDat")),
    ),
    "a placeholder of another zone": (
        "placeholder-date",
        contacts(url=URL.replace("gmtDate", "dateTimeZone:Asia/Tokyo")),
    ),
    "milliseconds for a text": (
        "placeholder-date",
        contacts(url=URL.replace(":yyyy-MM-dd HH:mm:ss", "").replace("gmtDate", "epoch")),
    ),
    "another format than the field's": (
        "placeholder-date",
        contacts(url=FIELD.format(">", "gmtDate").replace("dd HH", "dd'T'HH")),
    ),
    "a quote that is not closed": (
        "where-unreadable",
        contacts(url=URL + " and LAST_NAME='O'Brien'"),
    ),
    "earlier than": ("where-operator", contacts(url=FIELD.format("<", "gmtDate"))),
    "equal to": ("where-operator", contacts(url=FIELD.format("=", "gmtDate"))),
    "a parameter with an operator": ("where-operator", contacts(url=URL.replace("='", ">='"))),
    "later than now": ("where-operator", contacts(url=FIELD.format(">", "nowTimeZone:GMT"))),
    "the created date": (
        "where-on-created",
        contacts(url=FIELD.format(">", "gmtDate").replace("UPDATED", "CREATED")),
    ),
    "the poll's second left out": (
        "where-edge",
        contacts(url=URL + " and DATE_UPDATED_UTC < '${nowTimeZone:GMT:yyyy-MM-dd HH:mm:ss}'"),
    ),
    "one page": ("one-page", contacts(url=URL + "&page=2")),
    "fields without the id": ("fields-left-out", contacts(url=URL + "&fields=FIRST_NAME")),
    "a copied URL": (
        "url-of-another-resource",
        contacts(url=URL.replace("contacts", "accounts"), idField="ORGANISATION_ID"),
    ),
    "a copied block": ("polled-twice", {POLLER: {"people": poller_entry("contacts", "CONTACT_ID")}}),
    "a delay as long as the interval": ("poll-delay-too-long", contacts(pollDelay=900)),
    "one record a page": ("page-too-small", contacts(pageSize=1)),
    "a tolerance of an hour": ("tolerance-too-long", contacts(createdCheckTolerance=3600)),
    "a delay shorter than the lag": ("poll-delay-too-short", contacts(pollDelay=5)),
    "a block that is misspelt": (
        "unpolled-resource",
        {POLLER: {"contacts": None, "accounts": None, "contact": {}}},
    ),
    "a block that is not chosen": (
        "unpolled-resource",
        {**contacts(pageSize=100), "event.objects": "accounts"},
    ),
    "nothing": (
        "nothing-polled",
        {POLLER: dict.fromkeys(("contacts", "accounts", "leads", "opportunities"))},
    ),
    "25 hours": ("interval-too-long", {"event.poller.refresh_interval": "1500", **CONTACTS_ALONE}),
    "events left off": ("events-not-enabled", {"event.notification.enabled": None}),
    "no callback URL": ("callback-url", {"event.notification.callback.url": None}),
    "a callback URL of another host": (
        "callback-url",
        {"event.notification.callback.url": "http://example.com/hook"},
    ),
    "webhooks": ("vendor-type-without-effect", {"event.vendor.type": "webhook"}),
}
LAG_S = {"a delay shorter than the lag": 60}

GOOD = {
    "the guide's": {},
    "a short interval": {"event.poller.refresh_interval": 1},
    "one resource": CONTACTS_ALONE,
    "the element's own blocks": {
        POLLER: {"contacts": {}, "accounts": {}, "leads": None, "opportunities": None},
        "event.objects": "contacts,accounts",
    },
    "a delay and a tolerance": contacts(pollDelay=5, createdCheckTolerance=5, pageSize=200),
    "a filter beside the date": contacts(url=URL + " and LAST_NAME='Lovelace'"),
    "a field in the place of the parameter": contacts(url=FIELD.format(">=", "gmtDate")),
    "an end at the poll's start": contacts(
        url=URL + " and DATE_UPDATED_UTC <= '${nowTimeZone:GMT:yyyy-MM-dd HH:mm:ss}'"
    ),
    "the latest change first": contacts(url="/hubs/crm/contacts?orderBy=DATE_UPDATED_UTC desc"),
    "zones left out": dates(updatedDateTimezone=None, createdDateTimezone=None, createdDateFormat=None),
    "other kinds under names of its own": {
        POLLER: {"mine": poller_entry("tasks", "TASK_ID"), "projects": poller_entry("projects", "PROJECT_ID")}
    },
    "paths with a root": contacts(idField="$.CONTACT_ID"),
    "a line of URLs": {
        "event.poller.urls": f"contacts|{URL}||DATE_UPDATED_UTC|yyyy-MM-dd HH:mm:ss|GMT|DATE_CREATED_UTC|yyyy-MM-dd HH:mm:ss|GMT",
        POLLER: None,
    },
    "another date that records have": {
        "base.url": "https://api.insightly.com/v3.1",
        **dates(updatedDateField="LAST_ACTIVITY_DATE_UTC"),
    },
    "a date in a custom field": dates(updatedDateField="CUSTOMFIELDS[0].FIELD_VALUE"),
}


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    with closing(Runner(How())) as made:
        yield made


def body_with(clients, change):
    body = deepcopy(instance_body(clients.credentials))
    body["configuration"] = patched(body["configuration"], change)
    return body


@pytest.mark.parametrize("case", BAD)
def test_a_bad_configuration_is_found_and_its_scenario_fails_until_it_is_cured(
    case, clients, runner, tmp_path
):
    rule, change = BAD[case]
    linted = of_body(clients, body_with(clients, change), lag_s=LAG_S.get(case))

    finding = next(each for each in linted.findings if each["rule"] == rule)
    path = tmp_path / "found.yaml"
    write(path, scenario_of(linted, finding))
    as_it_is, cured = load(path)

    assert (as_it_is.name.endswith(f"{AS_IT_IS}"), cured.name.endswith(f"{CURED}")) == (True, True)
    failure = runner.run(as_it_is).failure
    assert failure is not None
    assert failure.verb in {"expect", "instance"}, str(failure)
    assert runner.run(cured).failure is None, str(runner.run(cured).failure)
    assert as_it_is.tags == ("lint",)


def test_every_rule_has_a_bad_configuration_but_those_about_keys_and_transformations():
    others = {
        LintRule.MISSPELT_KEY,
        LintRule.UNKNOWN_KEY,
        LintRule.KEY_WITHOUT_EFFECT,
        LintRule.SCRIPT_NOT_RUN,
        LintRule.READ_ONLY_PATH,
        LintRule.REPEATED_KEY,  # of the text of a body alone
        LintRule.HIDDEN_FIELD,  # see below
    }

    assert {rule for rule, _ in BAD.values()} == {rule.value for rule in RULES if rule not in others}


@pytest.mark.parametrize("case", GOOD)
def test_nothing_is_found_in_a_good_configuration(case, clients):
    body = body_with(clients, GOOD[case])

    assert of_body(clients, body, lag_s=None).findings == []


MAPPED = [
    {"path": "key", "vendorPath": "CONTACT_ID"},
    {"path": "changed", "vendorPath": "DATE_UPDATED_UTC"},
]


@pytest.fixture
def mapped(clients):
    """The id of an instance that has renamed the id and the updated date of contacts."""
    made = clients.platform.create_instance(instance_body(clients.credentials))
    at = f"{BASE_PATH}/instances/{made['id']}"
    fields = {"fields": [{"path": each["path"], "type": "string"} for each in MAPPED]}
    clients.platform.call("POST", f"{at}/objects/contacts/definitions", json=fields)
    clients.platform.call(
        "POST", f"{at}/transformations/contacts", json={"vendorName": "contacts", "fields": MAPPED}
    )
    return made["id"]


def test_what_a_transformation_renames_is_found_and_shown_with_the_transformation(
    clients, mapped, runner, tmp_path
):
    linted = of_instance(clients, mapped, lag_s=None)

    assert [(each["rule"], each["nearest"]) for each in linted.findings] == [
        ("hidden-field", "key"),
        ("hidden-field", "changed"),
    ]
    for finding in linted.findings:
        write(tmp_path / "found.yaml", scenario_of(linted, finding))
        as_it_is, cured = load(tmp_path / "found.yaml")
        assert runner.run(as_it_is).failure is not None
        assert runner.run(cured).failure is None, str(runner.run(cured).failure)


def test_how_far_the_search_lags_is_read_from_the_faults_of_the_crm(clients):
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.crm.script_faults([{"effect": {"index_lag_s": 30}}, {"effect": {"index_lag_s": 90}}])

    linted = of_instance(clients, None, lag_s=None)

    assert {(each["rule"], each["nearest"]) for each in linted.findings} == {("poll-delay-too-short", "90")}
    assert of_instance(clients, None, lag_s=0).findings == []


def test_a_search_that_knows_of_each_write_after_a_delay_of_its_own_lags_by_the_longest(clients):
    clients.platform.create_instance(instance_body(clients.credentials))
    clients.crm.script_faults([{"effect": {"index_lag_s": 30, "index_lag_within_s": 60}}])

    linted = of_instance(clients, None, lag_s=None)

    assert {(each["rule"], each["nearest"]) for each in linted.findings} == {("poll-delay-too-short", "90")}


def test_which_instance_is_meant_is_asked_if_there_are_several_or_none(clients):
    with pytest.raises(NoSuchInstanceError, match="there is no instance"):
        of_instance(clients, None, lag_s=None)

    ids = [clients.platform.create_instance(instance_body(clients.credentials))["id"] for _ in range(2)]

    with pytest.raises(NoSuchInstanceError, match=f"--instance; there are {ids[0]}, {ids[1]}"):
        of_instance(clients, None, lag_s=None)


def test_the_cure_of_one_finding_does_not_hide_behind_another_of_the_same_resource(clients):
    change = patched(both("yyyy-mm-dd"), contacts(idField="contact_id", pollDelay=900, mine=1))
    linted = of_body(clients, body_with(clients, change), lag_s=None)

    outcomes = {finding["rule"]: one for finding, one in zip(linted.findings, _tried(linted), strict=True)}
    assert {rule: one["tried"] for rule, one in outcomes.items()} == {
        rule: None if rule == "unknown-key" else "fails as it is, passes with the cure" for rule in outcomes
    }
    lost = {"circumstance": "as it is", "change": "create", "was": "lost", "is": "reported"}
    assert outcomes["id-field"]["cell"].items() >= lost.items()
    assert outcomes["unknown-key"]["cell"] is None
    assert len(linted.findings) == 5


def test_a_finding_about_the_whole_instance_is_shown_without_those_of_its_resources(clients):
    body = body_with(clients, {"event.notification.callback.url": None})
    body["configuration"]["event.poller.configuration"]["contacts"]["idField"] = "contact_id"

    linted = of_body(clients, body, lag_s=None)

    assert [finding["rule"] for finding in linted.findings] == ["callback-url", "id-field"]
    assert {one["tried"] for one in _tried(linted)} == {"fails as it is, passes with the cure"}


def test_a_finding_about_a_lag_shows_in_a_search_that_lags_so(clients):
    linted = of_body(clients, body_with(clients, contacts(pollDelay=5)), lag_s=60)

    first, *_ = _tried(linted)

    assert first["cell"] == {
        "circumstance": "search lags 60 s",
        "change": "create",
        "offset": "-5",
        "was": "lost",
        "is": "late",
    }


def test_records_of_a_kind_that_the_scenarios_cannot_make_are_said(clients):
    change = {POLLER: {"notes": {**poller_entry("notes", "NOTE_ID"), "pollDelay": 900}}}
    linted = of_body(clients, body_with(clients, change), lag_s=None)

    with pytest.raises(NoScenarioError, match="notes has no scenario"):
        scenario_of(linted, linted.findings[0])


def test_what_a_key_without_effect_was_to_do_is_not_guessed(clients):
    linted = of_body(clients, body_with(clients, contacts(pollDelai=4)), lag_s=None)

    with pytest.raises(NoScenarioError, match="misspelt-key has no scenario"):
        scenario_of(linted, linted.findings[0])


def test_lines_are_shown_as_the_blocks_that_they_become(clients, runner, tmp_path):
    line = GOOD["a line of URLs"]["event.poller.urls"].replace("yyyy-MM-dd HH:mm:ss|GMT", "yyyy-mm-dd|GMT", 1)
    change = {"event.poller.urls": line, POLLER: None}
    linted = of_body(clients, body_with(clients, change), lag_s=None)

    (finding,) = linted.findings
    write(tmp_path / "found.yaml", scenario_of(linted, finding))
    as_it_is, cured = load(tmp_path / "found.yaml")

    assert (finding["rule"], finding["nearest"]) == ("date-letters", "yyyy-MM-dd HH:mm:ss")
    assert runner.run(as_it_is).failure is not None
    assert runner.run(cured).failure is None, str(runner.run(cured).failure)


def _tried(linted):
    with (
        closing(Runner(How(cures=False))) as runner,
        runner.holding(),
        in_process(Options(environment=ENVIRONMENT)) as stack,
    ):
        return tried(linted, runner.run, stack)
