"""A visit to a stack of ours: everything agrees, a flipped switch is seen by its checks alone, and nothing is left."""

import json
from datetime import timedelta

import pytest

from elements_local.clients import BASE_PATH
from elements_local.commands.checking.verify import CHECKS, OWN_NAME
from elements_local.fidelity import ledger
from elements_local.start import Options, in_process
from elements_local.verify import tenant
from elements_local.verify.battery import BATTERY, compare, observe, reference, rows_by_check
from elements_local.verify.opening import PacedHttp
from elements_local.verify.report import Agreement
from elements_local.verify.tenant import SinkReader, tenant_at, tenant_of
from elements_local.verify.visit import Visit

MINUTE = timedelta(minutes=1)


def observed(**settings):
    """Return what the battery sees of a stack with some settings, and what it leaves."""
    environment = {f"ELEMENTS_LOCAL_{name}": value for name, value in settings.items()}
    with in_process(Options(environment=environment)) as stack:
        clients = stack.new_workspace(seed=1)
        visit = Visit(tenant_of(clients, SinkReader(clients.sink), interval=MINUTE))
        return dict(observe(visit)), list(visit.made.take_away())


@pytest.fixture(scope="module")
def usual():
    with reference() as own:
        return dict(observe(Visit(own)))


def verdicts(ours, theirs):
    return {finding.name: finding.agreement for finding in compare(ours, theirs)}


def test_our_own_stack_agrees_in_everything_and_keeps_nothing(usual):
    again, left = observed()

    assert verdicts(usual, again) == dict.fromkeys(BATTERY, Agreement.AGREES)
    assert left == []


@pytest.mark.parametrize(
    ("settings", "checks"),
    [
        ({"PLATFORM_LADDER": "open-connectors"}, {"retries"}),
        ({"PLATFORM_LADDER_ADDS_UP": "true"}, {"retries"}),
        ({"PLATFORM_RAW_FORM": "2020"}, {"callback-body"}),
        ({"PLATFORM_PROFILE": "open-connectors"}, {"retries", "callback-body", "creation"}),
        ({"PLATFORM_UNSET_VALUE": "text"}, {"creation"}),
        ({"PLATFORM_ID_ALIAS": "false"}, {"record"}),
        ({"PLATFORM_BATCH_SIZE": "5"}, {"batches"}),
        ({"PLATFORM_EMPTY_BLOCK": "skip"}, {"empty-block"}),
        ({"PLATFORM_CREATED_CHECK_TOLERANCE": "60"}, {"made-and-changed"}),
        ({"PLATFORM_ANALYTICS_LIMIT": "1"}, {"analytics"}),
        ({"CRM_SEARCH_INCLUSIVE": "true"}, {"crm-search"}),
        ({"CRM_SEARCH_HEEDS_CASE": "true"}, {"crm-search"}),
        ({"CRM_PUT_STATUS": "201"}, {"crm-put"}),
        ({"CRM_PUT_BY_ID": "false"}, {"crm-put"}),
        ({"CRM_WWW_AUTHENTICATE": "true"}, {"wrong-crm-key"}),
        ({"CRM_ERROR_BODY": "text"}, {"crm-error"}),
        ({"CRM_ERROR_BODY": "name-and-message"}, {"crm-error"}),
        ({"CRM_UPDATED_LATER_S": "1"}, {"crm-dates", "first-poll", "empty-block", "disabled"}),
        ({"PLATFORM_BATCH_SIZE": "5", "PLATFORM_ID_ALIAS": "false"}, {"batches", "record"}),
        ({"KEEP_TIES": "true"}, set()),
        ({"CRM_LINKS_STAMP_OTHER_SIDE": "true"}, set()),
    ],
    ids=lambda given: (
        " ".join(f"{name}={value}" for name, value in given.items()) if isinstance(given, dict) else ""
    ),
)
def test_a_flipped_switch_is_seen_by_the_checks_that_look_at_it_and_by_no_other(settings, checks, usual):
    found = verdicts(usual, observed(**settings)[0])

    assert {name for name, agreement in found.items() if agreement is not Agreement.AGREES} == checks


def test_the_other_name_of_the_platform_is_held_against_itself():
    theirs, _ = observed(PLATFORM_PROFILE="open-connectors")

    with reference(profile="open-connectors") as own:
        assert set(verdicts(dict(observe(Visit(own))), theirs).values()) == {Agreement.AGREES}


def test_what_others_have_at_a_tenant_changes_no_verdict_and_is_left_as_it_is(usual):
    with in_process() as stack:
        clients = stack.new_workspace(seed=1, records=30)
        theirs = clients.crm.create("Contacts", {"FIRST_NAME": "Ada", "LAST_NAME": f"{OWN_NAME} by name"})
        instances = [
            clients.platform.create_instance(_silent(clients, name))
            for name in ("of others", f"not {OWN_NAME}")
        ]
        before = clients.crm.get("Contacts", theirs["CONTACT_ID"])
        visit = Visit(tenant_of(clients, SinkReader(clients.sink), interval=MINUTE))

        assert set(verdicts(usual, dict(observe(visit))).values()) == {Agreement.AGREES}

        assert list(visit.made.take_away()) == []
        assert clients.crm.get("Contacts", theirs["CONTACT_ID"]) == before
        assert len(clients.crm.call("GET", "/v3.1/Contacts?top=500")) == 31
        listed = clients.platform.call("GET", "/elements/api-v2/instances")
        assert {each["id"] for each in listed} == {each["id"] for each in instances}


def test_a_tenant_that_dies_in_the_middle_is_said_to_be_unseen_from_there_and_what_is_left_is_named(usual):
    with in_process() as stack:
        clients = stack.new_workspace(seed=1)
        visit = Visit(tenant_of(clients, SinkReader(clients.sink), interval=MINUTE))
        assert visit.first_poll
        gone = {"match": {"path": "*"}, "effect": {"drop": True}}
        clients.crm.script_faults([gone])
        theirs = dict(observe(visit))
        left = list(visit.made.take_away())

    found = verdicts(usual, theirs)
    assert found["change"] is found["crm-put"] is Agreement.NOT_SEEN
    assert found["first-poll"] is Agreement.AGREES
    assert Agreement.DIFFERS not in {found[name] for name in ("change", "batches", "retries")}
    assert any("Contacts" in what for what in left)


@pytest.fixture
def others():
    """A workspace in which others have records, and what of them has to stay as it is."""
    with in_process(Options(environment={"ELEMENTS_LOCAL_CRM_LIMITS": "vendor"})) as stack:
        clients = stack.new_workspace(seed=1, records=10)
        before = clients.crm.call("GET", "/v3.1/Contacts")
        yield clients
        clients.crm.script_faults([])
        clients.clock.advance("1m")
        assert clients.crm.call("GET", "/v3.1/Contacts") == before
        assert clients.platform.send("GET", "/elements/api-v2/instances").status == 404


def visit_with_pauses(clients):
    http = PacedHttp(clients.platform.http, clients.clock.advance)
    reader = SinkReader(clients.sink)
    return Visit(
        tenant_at(
            clients.platform.url + BASE_PATH,
            clients.crm.url,
            clients.credentials,
            http=http,
            reader=reader,
            interval=MINUTE,
            pass_time=clients.clock.advance,
        )
    )


def test_a_tenant_with_limits_is_not_asked_too_often(others, usual):
    visit = visit_with_pauses(others)

    assert set(verdicts(usual, dict(observe(visit))).values()) == {Agreement.AGREES}
    assert list(visit.made.take_away()) == []


@pytest.mark.parametrize(
    "effect",
    [{"delay_s": 20}, {"status": 429, "headers": {"Retry-After": "2"}}],
    ids=["slow", "busy every third time"],
)
def test_a_tenant_that_is_slow_or_busy_is_borne_with(effect, others, usual):
    when = {} if "delay_s" in effect else {"when": {"every_n": 3}}
    others.crm.script_faults([{"match": {"path": "/v3.1/*"}, "effect": effect, **when}])
    visit = visit_with_pauses(others)

    assert set(verdicts(usual, dict(observe(visit))).values()) == {Agreement.AGREES}
    assert list(visit.made.take_away()) == []


def test_the_command_names_as_many_checks_as_there_are():
    assert len(BATTERY) == CHECKS
    assert tenant.OWN_NAME == OWN_NAME


def test_every_check_that_the_ledger_names_is_there_and_each_looks_at_something_in_it():
    named = {name for entry in ledger() for name in entry.verify}

    assert named <= BATTERY.keys()
    assert BATTERY.keys() <= rows_by_check().keys()


def test_what_is_given_back_has_no_values(usual):
    findings = compare(usual, observed(PLATFORM_RAW_FORM="2020")[0])
    text = json.dumps([finding.to_json() for finding in findings])

    assert not [secret for secret in ("Bearer", "127.0.0.1", "0123456789abcdef", OWN_NAME) if secret in text]


def _silent(clients, name):
    credentials = clients.credentials
    return {
        "element": {"key": "insightly"},
        "configuration": {"username": credentials.crm_username, "password": credentials.crm_api_key},
        "name": name,
    }
