"""What keeps a scenario from running at a tenant, by its verbs."""

from pathlib import Path

from each_row import each_row

from elements_local.commands.tenant_replay.portability import obstacles
from elements_local.scenarios.scenario import find, load, load_text
from elements_local.scenarios.verbs.verb import TenantAbilities

SCENARIOS = Path(__file__).parents[4] / "scenarios"
MADE = "  - create: {contacts/ada: {}}\n"
COLLECTOR = TenantAbilities(has_sink=False)


def reasons(steps, head="", tenant=None):
    text = f"scenario: it\n{head}steps:\n{steps}"
    (scenario,) = load_text(text, Path("it.yaml")).scenarios
    return [str(each) for each in obstacles(scenario, *([tenant] if tenant else []))]


@each_row(
    "step",
    [
        "expect: {callbacks: [contacts/ada CREATED]}",
        "expect: {callbacks: {instance: []}}",
        "configure: {password: '********', event.poller.refresh_interval: 5}",
        "expect: {callbacks: [{events: [contacts/ada CREATED], raw: 1, signature: valid, headers: {X: null}}]}",
        "expect: {attempts: [null, 200]}",
        "expect: {records: {contacts/ada: {TITLE: Countess}}}",
        "never: {callbacks: ['contacts/* DELETED'], records: {contacts/ada: null}}",
        "request: {method: GET, path: '/hubs/crm/contacts/{contacts/ada}', expect: {TITLE: Countess}}",
        "request: {method: GET, path: /hubs/crm/contacts}",
        "request: {method: GET, path: '/hubs/crm/contacts?where=x', status: 400}",
        "request: {method: PATCH, path: '/instances/{instance}', json: {}, status: 400}",
        "request: {method: DELETE, path: '/instances/{instance}'}",
        "request: {method: POST, service: crm, path: '/v3.1/Contacts/{contacts/ada}/Tags', json: {TAG_NAME: vip}}",
    ],
)
def test_what_is_about_the_scenarios_own_is_portable(step):
    assert reasons(f"{MADE}  - advance: 15m\n  - {step}\n  - never: {{callbacks: ['* *']}}\n") == []


@each_row(
    ("step", "reason"),
    [
        ("fault: {effect: {status: 503}}", "fault: a tenant does nothing wrong on demand"),
        ("snapshot: it", "snapshot: a tenant cannot be remembered"),
        ("poll:", "poll: a tenant polls when it is due"),
        ("respond: {delay_s: 31}", "respond: a delay is virtual, and only our own platform heeds it"),
        ("expect: stream", "expect: a stream has the instants of everything that came"),
        ("expect: {polls: []}", "expect: polls: a tenant does not show its polls"),
        ("expect: {audit: clean}", "expect: audit: an audit needs the polls, and every change of the CRM"),
        ("expect: {requests: [{path: x}]}", "expect: requests: a tenant does not show what it was sent"),
        ("expect: {events: []}", "expect: events: an instance's events are of all that changes at a tenant"),
        ("never: {polls: [{failed: true}]}", "never: polls: a tenant does not show its polls"),
        (
            "expect: {attempts: [200, 503]}",
            "expect: attempts: another may come before a tenant's are counted",
        ),
        (
            "expect: {callbacks: [{events: [contacts/ada CREATED]}, {events: [contacts/ada UPDATED]}]}",
            "expect: callbacks: which changes share one depends on what else changes there",
        ),
        (
            "expect: {callbacks: [contacts/7 CREATED]}",
            "expect: contacts/7 CREATED: at a tenant an event is known as ours by its record's number",
        ),
        (
            "expect: {callbacks: [{events: [contacts/ada CREATED], body: {date: '2026-03-02T10:00:00Z'}}]}",
            "expect: an instant of the scenario's own clock",
        ),
        (
            "expect: {records: {contacts/ada: {LAST_NAME: King}}}",
            "expect: LAST_NAME is chosen by the run at a tenant, to find what it created",
        ),
        (
            "make: {two: {configuration: {event.notification.callback.url: 'https://example.com'}}}",
            "make: at a tenant callbacks go to its receiver",
        ),
        (
            "configure: {event.notification.signature.key: x}",
            "configure: at a tenant the signature key is ours",
        ),
        (
            "configure: {event.poller.configuration: {contacts: {url: /hubs/crm/contacts}}}",
            "configure: contacts: without a where clause since the last poll it reads all that others have",
        ),
        (
            "request: {method: GET, path: '/instances/{instance}', expect: {x: '{user_secret}'}}",
            "request: a tenant has no workspace, and its secrets are not for scenarios",
        ),
        ("request: {method: GET, path: /_local/polls}", "request: a tenant has no such route"),
        ("request: {method: GET, path: /x, service: sink}", "request: a tenant has no such route"),
        ("request: {method: GET, path: /instances, expect: []}", "request: it reads others' data, too"),
        (
            "request: {method: GET, path: '/instances/{instance}/events', expect: []}",
            "request: it reads others' data, too",
        ),
        ("request: {method: GET, path: /instances/12}", "request: an id that only our own stack has"),
        (
            "request: {method: GET, path: /instances, status: 404}",
            "request: it counts on there being nothing of others",
        ),
        (
            "request: {method: POST, path: /instances, json: {}}",
            "request: it may create or change others' data",
        ),
        (
            "request: {method: GET, path: '/hubs/x/{workspace}'}",
            "request: a tenant has no workspace, and its secrets are not for scenarios",
        ),
    ],
)
def test_what_a_tenant_does_not_have_or_show_is_not(step, reason):
    steps = f"{MADE}  - advance: 15m\n  - {step}\n  - never: {{callbacks: ['* *']}}\n"

    assert f"5: {reason}" in reasons(steps)


@each_row(
    ("head", "reason"),
    [
        ("settings: {KEEP_TIES: true}\n", "settings are of our own stack alone: ELEMENTS_LOCAL_KEEP_TIES"),
        ("start: 2026-05-01T10:00:00Z\n", "start: a tenant's clock cannot be set"),
        ("records: 3\n", "records: a tenant has its own records at the start"),
        (
            "instance: {configuration: {password: x}}\n",
            "at a tenant credentials are those of its CRM",
        ),
        (
            "instance: {configuration: {event.poller.configuration: {contacts: {url: /hubs/crm/contacts}}}}\n",
            "contacts: without a where clause since the last poll it reads all that others have",
        ),
    ],
)
def test_what_a_scenario_begins_with_may_be_our_own_stacks(head, reason):
    assert reasons("  - never: {callbacks: ['* *']}\n", head) == [f"1: {reason}"]


@each_row(
    ("head", "steps", "tenant", "reason"),
    [
        (
            "profile: open-connectors\n",
            "",
            TenantAbilities(profile="cloud-elements"),
            "it is of open-connectors",
        ),
        ("", "  - respond: {status: 503}\n", COLLECTOR, "respond: a collector's answers cannot be scripted"),
        ("", "  - expect: {attempts: [200]}\n", COLLECTOR, "attempts: a collector does not show"),
        (
            "instance: {configuration: {event.poller.refresh_interval: 5}}\n",
            "",
            TenantAbilities(shortest_interval=15),
            "it polls every 5 minutes, the tenant every 15 at most",
        ),
        (
            "",
            "",
            TenantAbilities(shortest_interval=30),
            "it polls every 15 minutes, the tenant every 30 at most",
        ),
    ],
)
def test_what_one_tenant_can_another_cannot(head, steps, tenant, reason):
    steps += "  - never: {callbacks: ['* *']}\n"

    assert reasons(steps, head) == []
    assert any(reason in each for each in reasons(steps, head, tenant))


@each_row(("steps", "line"), [
        ("  - advance: 14m 59s\n  - create: {contacts/ada: {}}\n", 4),
        ("  - advance: 15m 1s\n  - create: {contacts/ada: {}}\n", 4),
        ("  - create: {contacts/ada: {}}\n  - advance: 3s\n", 4),
        ("  - advance: 5 hours\n", 1),
        ("  - advance: {to: '2026-03-02T11:00:00Z'}\n", 3),
        ("  - advance: next\n", 3),
        ("  - advance: {until: {callbacks: 1}}\n", 3),
        ("  - configure: {event.poller.refresh_interval: 1}\n  - advance: 50s\n  - create: {contacts/ada: {}}\n", 5),
        ("  - make: {two: {configuration: {event.poller.refresh_interval: 1}}}\n  - advance: 70s\n" + MADE, 5),
    ])  # fmt: skip
def test_nothing_may_hang_on_seconds(steps, line):
    assert [each.partition(":")[0] for each in reasons(steps + "  - never: {callbacks: ['* *']}\n")] == [
        str(line)
    ]


@each_row(("tolerance", "portable"), [(59, True), (60, False), (89, False), (90, True)])
def test_a_gap_may_not_be_about_as_long_as_the_tolerance(tolerance, portable):
    block = f"{{contacts: {{createdCheckTolerance: {tolerance}}}}}"
    head = f"instance: {{configuration: {{event.poller.configuration: {block}}}}}\n"
    steps = f"{MADE}  - advance: 1m\n  - update: {{contacts/ada: {{}}}}\n  - never: {{callbacks: ['* *']}}\n"

    assert (reasons(steps, head) == []) is portable


@each_row("at", ["0s", "1s", "15m", "15m 30s", "29m 30s"])
def test_what_is_done_once_a_poll_has_run_or_half_a_minute_from_it_is_portable(at):
    assert reasons(f"  - advance: {at}\n{MADE}  - never: {{callbacks: ['* *']}}\n") == []


def test_a_scenario_has_to_expect_something_that_a_tenant_shows():
    assert reasons(f"{MADE}  - inspect: {{audit: clean}}\n") == ["1: it expects nothing that a tenant shows"]


def test_a_good_third_of_the_documents_of_this_project_is_portable_and_the_guides_are():
    documents: dict[tuple[Path, int], bool] = {}
    for path in find([SCENARIOS]):
        for scenario in load(path):
            key = (path.relative_to(SCENARIOS), scenario.line)
            documents[key] = documents.get(key, True) and not obstacles(scenario)

    assert sum(documents.values()) / len(documents) > 1 / 3
    guides = {f"{kind}.yaml" for kind in ("contacts", "accounts", "leads", "opportunities")}
    assert all(portable for (path, _), portable in documents.items() if str(path) in guides)
