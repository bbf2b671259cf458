"""The portable scenarios as at a tenant: others' records are there, time is waited for, nothing can be looked into."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from examples import drawn
from msgspec.structs import replace
from shipped_scenarios import all_scenarios

from elements_local.clients.workspace_clients import BASE_PATH
from elements_local.commands.tenant_replay.opening import PacedHttp
from elements_local.commands.tenant_replay.portability import obstacles
from elements_local.commands.tenant_replay.replays import (
    CutOffError,
    GivenUpError,
    TenantReplays,
    TenantTiming,
)
from elements_local.commands.tenant_replay.tenant import OWN_NAME, SinkReader, tenant_at
from elements_local.scenarios.scenario import load_text
from elements_local.scenarios.verbs.verb import TenantAbilities
from elements_local.start import Options, in_process

SCENARIOS = Path(__file__).parents[3] / "scenarios"
TIMING = TenantTiming(settle=timedelta(seconds=10), intervals=2)


class _Place:
    """A stack that is taken for a tenant, in which others have data, too."""

    def __init__(self, stack):
        self.clients = stack.new_workspace(seed=1, records=30)
        http = PacedHttp(self.clients.platform.http, self.clients.clock.advance)
        self.leads = self.clients.crm.call("GET", "/v3.1/Leads?top=500")
        self.left = []
        self.waits = 0
        self.cut_off_after = None
        self.dies_after = None
        self.replays = TenantReplays(
            tenant=tenant_at(
                self.clients.platform.url + BASE_PATH,
                self.clients.crm.url,
                self.clients.credentials,
                http=http,
                reader=SinkReader(self.clients.sink),
                run="it",
            ),
            timing=TIMING,
            now=self.clients.clock.now,
            wait=self._wait,
            on_left=self.left.append,
        )

    def _wait(self, duration):
        self.waits += 1
        if self.waits == self.cut_off_after:
            raise CutOffError
        self.clients.clock.advance(duration)
        if duration > timedelta(minutes=1):
            self.clients.crm.create("Contacts", {"FIRST_NAME": "Somebody", "LAST_NAME": "Else"})
        if self.waits == self.dies_after:
            self.clients.crm.script_faults([{"match": {"path": "*"}, "effect": {"drop": True}}])

    def ran(self, *scenarios):
        with self.replays.replaying(scenarios) as results:
            return list(results)

    def own(self):
        """What there is of ours."""
        listed = self.clients.platform.send("GET", f"{BASE_PATH}/instances").body.decode()
        called = [
            each
            for collection in ("Contacts", "Leads", "Organisations", "Opportunities", "Projects", "Tasks")
            for each in self.clients.crm.call("GET", f"/v3.1/{collection}?top=500")
            if OWN_NAME in str(each)
        ]
        return called, OWN_NAME in listed


@contextmanager
def place(**settings):
    environment = {f"ELEMENTS_LOCAL_{name}": value for name, value in settings.items()}
    with in_process(Options(environment=environment)) as stack:
        yield _Place(stack)


def scenario(steps, head=""):
    (only,) = load_text(f"scenario: it\n{head}steps:\n{steps}", Path("it.yaml")).scenarios
    return only


class _Deaf:
    """A receiver that no callback reaches."""

    can_fail = False

    def callbacks(self):
        return []


CREATED = """\
  - create: {contacts/ada: {TITLE: Countess}}
  - advance: 15m
  - expect: {callbacks: [contacts/ada CREATED]}
"""


@pytest.mark.parametrize(
    ("profile", "settings", "share"),
    [
        ("cloud-elements", {}, 9),
        ("open-connectors", {}, 27),
        ("cloud-elements", {"CRM_LIMITS": "vendor"}, 27),
    ],
    ids=["under its usual name", "under its other name", "with the vendor's limits"],
)
def test_portable_scenarios_pass_as_at_a_tenant_and_leave_nothing(profile, settings, share):
    abilities = TenantAbilities(profile=profile)
    portable = [each for each in all_scenarios() if not obstacles(each, abilities)]
    with place(PLATFORM_PROFILE=profile, **settings) as tenant:
        failures = [
            str(result.failure)
            for result in tenant.ran(*drawn(portable, share=share, seed=7))
            if result.failure
        ]

        assert failures == []
        assert (tenant.left, tenant.own()) == ([], ([], False))


def test_an_expectation_that_does_not_hold_says_what_came_and_asks_no_admin_route():
    with place() as tenant:
        (result,) = tenant.ran(scenario(CREATED.replace("ada CREATED", "ada UPDATED")))

        assert result.failure.expected
        assert result.failure.place == "it.yaml:5"
        assert "callbacks: missing:    contacts/ada UPDATED" in result.failure.lines
        assert "callbacks: unexpected: contacts/ada CREATED" in result.failure.lines
        assert not [line for line in result.failure.lines if "_local" in line]
        assert tenant.own() == ([], False)


def test_what_must_not_come_is_waited_out():
    with place() as tenant:
        (result,) = tenant.ran(scenario(CREATED + "  - never: {callbacks: ['* CREATED']}\n"))

        assert str(result.failure).startswith("it.yaml:6: never:")


def test_an_answer_of_the_receiver_holds_for_its_scenario_alone():
    down = "  - respond: {status: 503}\n" + CREATED.replace("[contacts/ada CREATED]", "[]")
    with place() as tenant:
        assert [result.failure for result in tenant.ran(scenario(down), scenario(CREATED))] == [None, None]


def test_what_was_made_is_taken_away_wherever_it_is_cut_off():
    with place() as tenant:
        for waits in range(1, 7):
            tenant.waits, tenant.cut_off_after = 0, waits

            assert len(tenant.ran(scenario(CREATED), scenario(CREATED))) < 2, waits
            assert (tenant.left, tenant.own()) == ([], ([], False)), waits


def test_what_cannot_be_taken_away_of_a_tenant_that_dies_is_said():
    with place() as tenant:
        tenant.dies_after = 3
        (result,) = tenant.ran(scenario(f"{CREATED}  - update: {{contacts/ada: {{}}}}\n"))

        assert "no answer from" in str(result.failure)
        (left,) = tenant.left
        assert left.startswith("Contacts ")


def test_a_tenant_that_refuses_an_instance_fails_the_scenario_with_its_words():
    with place() as tenant:
        (result,) = tenant.ran(
            scenario(CREATED, "instance: {configuration: {event.poller.refresh_interval: never}}\n")
        )

        assert "answered 400" in str(result.failure)
        assert tenant.own() == ([], False)


def test_a_call_that_should_be_refused_is_taken_away_where_it_is_not():
    steps = (
        "  - request: {service: crm, method: POST, path: /v3.1/Leads, json: {LAST_NAME: x}, status: 400}\n"
    )
    with place() as tenant:
        (result,) = tenant.ran(scenario(steps))

        assert result.failure.expected
        assert tenant.clients.crm.call("GET", "/v3.1/Leads?top=500") == tenant.leads


def test_where_no_callback_comes_at_all_nothing_is_said_of_the_tenant():
    with place() as tenant:
        deaf = replace(tenant.replays.tenant, reader=_Deaf())
        result = replace(tenant.replays, tenant=deaf).run(scenario(CREATED))

        assert not result.failure.expected
        assert result.failure.lines[0].startswith("no callback of it came; does http")


@pytest.mark.parametrize(
    ("body", "said"), [("[]", "JSON that is not an object"), ("{}", "another form than is read here")]
)
def test_an_answer_of_another_form_fails_its_scenario_alone(body, said):
    with place() as tenant:
        fault = {
            "match": {"method": "POST", "path": "/v3.1/Contacts"},
            "effect": {"status": 200, "body": body},
        }
        tenant.clients.crm.script_faults([{**fault, "when": {"first_n": 1}}])
        odd, usual = tenant.ran(scenario(CREATED), scenario(CREATED))

        assert said in str(odd.failure)
        assert not odd.failure.expected
        assert usual.failure is None


def test_a_tenant_is_given_up_after_three_scenarios_in_a_row_without_an_answer():
    with place() as tenant:
        drops = {"match": {"method": "POST", "path": "/v3.1/*"}, "effect": {"drop": True}}
        tenant.clients.crm.script_faults([{**drops, "when": {"first_n": 2}}])
        assert tenant.ran(*[scenario(CREATED)] * 3)[-1].failure is None

        tenant.clients.crm.script_faults([drops])
        results = []
        with (
            pytest.raises(GivenUpError, match="given up"),
            tenant.replays.replaying([scenario(CREATED)] * 5) as ran,
        ):
            results.extend(ran)

    assert len(results) == 3
    assert all(
        each.failure.unanswered and "is the stack running" not in str(each.failure) for each in results
    )
