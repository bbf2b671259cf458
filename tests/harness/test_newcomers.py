"""What somebody writes first works, or its failure names the cause and the cure."""

import json
from pathlib import Path

import junitparser
import yaml
from click.testing import CliRunner

from elements_local.commands.replay import replay_command as command

TESTS = Path(__file__).with_name("newcomers") / "first_tests.py"

PASSES: tuple[str, ...] = ()
"""What is said of what passes: nothing."""

SAID_OF_TESTS = {
    "all_four_kinds": PASSES,
    "nothing_was_advanced": ("there has been no poll since", "the next poll is at 10:15:00"),
    "a_sleep": ("there has been no poll since", "the next poll is at 10:01:00", "virtual clock shows 2026-03-02T10:00:01Z"),
    "too_early": ("there has been no poll since", "the next poll is at 10:30:00"),
    "no_instance": ("no instance",),
    "created_before_the_instance": ("the very second in which the instance was made", "make the change a second later"),
    "created_and_updated_at_once": ("created and changed between two polls, 2 changes in all",),
    "deleted": ("polling reports no deletions",),
    "a_kind_that_is_not_polled": ("no instance polls projects", "add it to event.poller.configuration"),
    "events_are_off": ("event.notification.enabled",),
    "a_misspelt_key": ("event.poller.refresh_intervall", "event.poller.refresh_interval"),
    "a_misspelt_date_field": ("updatedDateFeild", "updatedDateField"),
    "a_wrong_letter_in_the_format": ("'2026-03-02 10:00:01', by which the CRM means 10:00:01", "updatedDateFormat"),
    "callbacks_go_elsewhere": ("was not sent: refused by the outbound guard", "up --allow-host hooks.example.com"),
    "the_receiver_is_down": ("its receiver answered 503", "the next try is at 10:15:04"),
    "the_receiver_has_another_path": ("a wrong path? 404 says that the receiver has no route for /; the sink sent it on to http://127.0.0.1:4703/;",),
    "event_types_are_in_capitals": ("expected eventType 'CREATED'; got 'created'",),
    "a_misspelt_filter": ("objecttype", "objectType"),
    "a_singular_filter": ("no callback will have objectType 'contact' (did you mean 'contacts'?)",),
    "a_fault": PASSES,
    "a_fault_that_strikes_the_making": (
        "no instance was made at 10:00:00: POST /elements/api-v2/instances was answered 502",
        "a fault of the crm struck GET /v2.2/Users/Me (503)",
    ),
    "an_advance_without_its_unit": ('15 what? Give the unit, such as "15m"',),
    "a_timeout_without_its_unit": ("wait() takes no 'timeout'; did you mean timeout_s, in seconds?",),
    "a_field_that_is_missing": ("LAST_NAME",),
    "a_path_without_its_base": ("the last refused call, at 10:00:00: DELETE /instances/", "the API is below /elements/api-v2"),
    "a_release_without_its_filter": ("where is missing; it must be a CEQL clause such as channel='webhook' and status='queued'",),
    "two_workspaces_of_one_seed": PASSES,
    "a_path_with_a_star": PASSES,
    "a_misspelt_field_through_the_hub": ("warning key-misspelt: 'FRST_NAME' has no effect: did you mean FIRST_NAME?",),
    "a_fault_of_a_misspelt_path": ("no call has met the fault rule of the crm for * /v2.2/Contcts*",),
    "a_fault_of_a_path_with_a_query": ("match.path '/v2.2/Contacts?top=2' has a query",),
    "a_second_where": ("where may be given once",),
    "an_instance_without_an_element": ("element.key or element.id is missing", "insightly"),
    "a_misspelt_id_field": ("explained: id-missing, ", "idField 'CONTACTID' names nothing in it", "a record of contacts without an id: CREATED, "),
    "callbacks_go_to_another_path": ("explained: sent-elsewhere, its callback was taken by ", "/mine, which is not the workspace's bin of the sink"),
    "the_clock_of_the_crm_is_behind": ("explained: clock-skew, ", "change at 10:20:00: contacts ", "CREATED, dated 10:10:00"),
    "another_word_is_expected": ("---\nIn workspace ws-", ": CREATED, updated "),
    "a_request_of_ones_own": ("  request at 10:00:00 to the sink: POST /ws-", "  no callback was sent"),
    "nothing_at_all": ("nothing happened in workspace ws-", "clock shows 2026-03-02T10:00:00Z: no instance, no change, no callback"),
    "many_records": ("and 27 more were created at 10:00:00; explained: tie, ", "  27 earlier changes\n  change at 10:00:00: contacts "),
}  # fmt: skip
"""Test -> what its report has to say; nothing if it has to pass."""


def not_as_said(reports, said):
    """Return what of the reports has not the words that it has to have, or has any though it has to have none."""
    return {
        name: reports[name]
        for name, words in said.items()
        if bool(reports[name]) is not bool(words) or any(word not in reports[name] for word in words)
    }


def reports_of(pytester, *words):
    """Run the first tests, and return what a CI is shown of each by its name."""
    pytester.makepyfile(test_first=TESTS.read_text("utf-8"))
    report = pytester.path / "report.xml"
    quiet = ("--tb=line", "-p", "no:randomly", "-p", "no:cacheprovider", f"--junitxml={report}")
    pytester.runpytest_inprocess(*quiet, *words)
    cases = [case for suite in junitparser.JUnitXml.fromfile(str(report)) for case in suite]
    return {case.name.removeprefix("test_"): told_by(case) for case in cases}


def told_by(case):
    results = [f"{result.message}\n{result.text}" for result in case.result]
    return "\n".join([*results, case.system_out or "", case.system_err or ""]).strip()


def section_of(report):
    """Return the lines of our section."""
    return report.partition("- elements-local -")[2].splitlines()[1:]


def test_a_first_test_passes_or_says_in_a_few_lines_why_not(pytester):
    reports = reports_of(pytester)

    assert reports.keys() == SAID_OF_TESTS.keys()
    assert not_as_said(reports, SAID_OF_TESTS) == {}
    assert max(len(section_of(report)) for report in reports.values()) <= 15


def test_the_rest_is_shown_on_demand(pytester):
    (report,) = reports_of(pytester, "-v", "-k", "many_records").values()

    many = section_of(report)
    assert sum(line.startswith("  change at ") for line in many) == 30
    assert not [line for line in many if "earlier" in line or "more lines" in line]
    assert "  poll at 10:15:00 of leads from 10:00:00: 0 seen, 0 reported" in many


ADA = {"create": {"contacts/ada": {}}}
QUARTER = {"advance": "15m"}
CREATED = {"expect": {"callbacks": ["contacts/ada CREATED"]}}
CONTACTS = "event.poller.configuration"

SCENARIOS = {
    "deleted": ([ADA, QUARTER, CREATED, {"delete": "contacts/ada"}, QUARTER, {"expect": {"callbacks": ["contacts/ada DELETED"]}}],
                ("deletions",)),
    "a misspelt field": ([{"create": {"contacts/ada": {"FIRST_NAM": "Ada"}}}], ("unknown field 'FIRST_NAM'; did you mean 'FIRST_NAME'?",)),
    "a misspelt field of a change": ([ADA, {"update": {"contacts/ada": {"TITEL": "Countess"}}}], ("did you mean 'TITLE'?",)),
    "the crm is down": ([ADA, {"fault": {"match": {"path": "/v2.2/*"}, "effect": {"status": 503}}}, QUARTER, CREATED], ("503",)),
}  # fmt: skip
"""Scenario -> its steps, and what its failure has to say."""

CHOOSY = {
    "events are off": ({"event.notification.enabled": False}, ("event.notification.enabled",)),
    "a misspelt resource": ({CONTACTS: {"contatcs": {}}}, ("contatcs", "contacts")),
}
"""Scenario -> what its instance's configuration says, and what its failure has to say."""


def test_a_first_scenario_that_fails_says_why(tmp_path):
    documents = {name: {"scenario": name, "steps": steps} for name, (steps, _) in SCENARIOS.items()}
    for name, (configuration, _) in CHOOSY.items():
        instance = {"configuration": configuration}
        documents[name] = {"scenario": name, "instance": instance, "steps": [ADA, QUARTER, CREATED]}
    for name, document in documents.items():
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))

    done = CliRunner().invoke(command, [str(tmp_path), "--keep-going", "--json"])

    told = json.loads(done.stdout)
    results = {one["name"]: one["failure"] and json.dumps(one["failure"]) for one in told["scenarios"]}
    results |= {Path(one["path"]).stem: json.dumps(one) for one in told["mistakes"]}
    said = {name: words for name, (_, words) in {**SCENARIOS, **CHOOSY}.items()}
    assert not_as_said(results, said) == {}
