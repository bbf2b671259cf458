"""What a platform finds in a configuration; the scenario of each finding, and what comes of trying that."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from elements_local.clients.errors import HarnessError
from elements_local.clients.guide import patched
from elements_local.clients.records import INSIGHTLY, Kinds
from elements_local.clients.service_client import query_of, segment
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.diagnosis.circumstances import CIRCUMSTANCES, Circumstance
from elements_local.diagnosis.configured import (
    Configured,
    fields_asked_for,
    polled_kind,
    resource_of,
)
from elements_local.diagnosis.demonstrations import SETTINGS, START, DemonstratedResource, steps_of
from elements_local.diagnosis.grid import Grid, worst_mended
from elements_local.diagnosis.sweep import sweep
from elements_local.platform.configuration.poller_configuration import CONFIGURATION, REFRESH_INTERVAL, URLS
from elements_local.platform.lint.rules import ABOUT_KEYS
from elements_local.scenarios.performing import ScenarioFailure, ScenarioResult
from elements_local.scenarios.recording.instances import readable
from elements_local.scenarios.recording.text import write
from elements_local.scenarios.scenario import Scenario, load
from elements_local.stack.failures.reasons import EXPLAINED
from elements_local.stack.output_files import OutputFile
from elements_local.stack.stack import Stack

CALLBACK_URL = "event.notification.callback.url"

AS_IT_IS, CURED = "as it is", "with the cure"

_WITHOUT_SCENARIO = ABOUT_KEYS | {"script-not-run", "read-only-path"}
"""Rules without a scenario: what would show depends on what the key, or the script, was to bring about."""

_ABOUT_ANOTHER = frozenset({"unpolled-resource", "twin-block"})
_ABOUT_PAGES = "page-too-small"
"""How many records it takes follows from the size that it objects to, and not from the cure's."""

_USUAL = "contacts"
_PAGE, _LARGEST_PAGE = 20, 500
"""Records of a page where nothing is filtered by date (documented), and of the largest that the CRM gives."""


class NoScenarioError(HarnessError):
    """A finding cannot be shown by a scenario."""


@dataclass(frozen=True, kw_only=True)
class Linted(Configured):
    """A configuration that was looked at.

    Attributes:
        findings: as the platform answers them.
        more: how many beside them it has left out.
        lag_s: seconds by which the provider's search is known to lag behind.
    """

    findings: Sequence[Mapping[str, Any]]
    more: int = 0
    lag_s: int = 0

    @property
    def has_errors(self) -> bool:
        """Whether it misses, duplicates or misclassifies events."""
        return any(finding["severity"] == "error" for finding in self.findings)


def scenario_of(
    linted: Linted, finding: Mapping[str, Any], *, settings: Mapping[str, object] = MappingProxyType({})
) -> dict[str, Any]:
    """Return the scenario of a finding, with a row for the configuration as it is, and one with the cure if one is known.

    All other findings about the same resource, or about any if it is about none, are cured in both, so that it shows nothing but
    this one.

    Args:
        settings: of a stack that has the element.

    Raises:
        NoScenarioError: no scenario could show it.
    """
    rule = finding["rule"]
    if rule in _WITHOUT_SCENARIO:
        raise NoScenarioError(f"{rule} has no scenario: the intended effect is not known")
    cases = cases_of(linted, finding)
    sought = cases[AS_IT_IS] if rule == _ABOUT_PAGES else [*cases.values()][-1]
    shown = _shown(linted, sought, subject_of(finding))
    element = {} if linted.element == INSIGHTLY else {"element": {"key": linted.element}}
    settings = {**settings, **SETTINGS.get(rule, {})}
    mapping_steps = [
        {"request": {"method": "POST", "path": f"/instances/{{instance}}/{where}", "json": dict(body)}}
        for where, body in linted.mapping_requests()
    ]
    return {
        "scenario": f"{rule}{_where(finding)} <case>",
        "about": f"Finding: {finding['why']}. Cure: {finding['cure']['text']}.",
        "tags": ["lint"],
        **({"settings": settings} if settings else {}),
        "matrix": [
            {"case": case, "configuration": _with_what_is_shown(configuration, shown.name, rule)}
            for case, configuration in cases.items()
        ],
        "start": START,
        "instance": {**element, "configuration": "<configuration>"},
        "steps": [*mapping_steps, *steps_of(rule, shown, lag_s=linted.lag_s)],
    }


def cases_of(linted: Linted, finding: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the configuration as it is but for other findings, and with the finding's cure if one is known."""
    base: dict[str, Any] = linted.taken_over
    for other in linted.findings:
        if other is not finding and (
            finding["resource"] is None or other["resource"] in {finding["resource"], None}
        ):
            base = patched(base, other["cure"]["change"] or {})
    change = finding["cure"]["change"]
    if finding["rule"] == "callback-url":
        base[CALLBACK_URL] = linted.configuration.get(CALLBACK_URL)
        change = {CALLBACK_URL: "{callback_url}/instance"}
    return {AS_IT_IS: base, **({CURED: patched(base, change)} if change else {})}


def _where(finding: Mapping[str, Any]) -> str:
    """Return what distinguishes a finding from others of its rule, as part of a scenario's name."""
    resource, key = finding["resource"], finding["path"].rpartition(".")[2]
    where = f"{resource}, {key}" if resource and key != resource else resource
    return f" of {re.sub('[<>]', '', where)}" if where else ""


def subject_of(finding: Mapping[str, Any]) -> str | None:
    """Return the resource whose changes show a finding: the one that is meant where it names another."""
    named: str | None = finding["nearest"] if finding["rule"] in _ABOUT_ANOTHER else None
    return named or finding["resource"]


def _shown(linted: Linted, cured: Mapping[str, Any], subject: str | None) -> DemonstratedResource:
    """Return what the scenario makes changes of: the finding's resource, or the first whose records can be made."""
    blocks = cured.get(CONFIGURATION) or {}
    for name in [subject] if subject else blocks or [_USUAL]:
        block = blocks.get(name) or {}
        kind = polled_kind(name, block, linted.vendor_names, linted.kinds)
        if kind is not None:
            return DemonstratedResource(
                kind=kind,
                sort=linted.kinds.of(kind),
                name=name,
                interval_m=int(str(cured.get(REFRESH_INTERVAL) or 15)),
                fields=fields_asked_for(block, linted.kinds, kind),
                page=min(int(str(block.get("pageSize") or _PAGE)), _LARGEST_PAGE),
            )
    raise NoScenarioError(
        f"{subject or 'what is polled'} has no scenario: records can be created of {', '.join(linted.kinds)} alone"
    )


def _with_what_is_shown(configuration: Mapping[str, Any], name: str, rule: str) -> dict[str, Any]:
    """Return a configuration without the blocks of others, unless they are what it is about."""
    blocks = configuration.get(CONFIGURATION)
    if rule in {"twin-block", "unpolled-resource", "nothing-polled"} or not blocks or name not in blocks:
        return dict(configuration)
    return {**configuration, CONFIGURATION: {name: blocks[name]}}


Run = Callable[[Scenario], ScenarioResult]


def tried(linted: Linted, run: Run, stack: Stack) -> list[dict[str, Any]]:
    """Return what came of each finding, in the order of the list.

    Args:
        run: runs a scenario.
        stack: has the settings of sweeps.

    ``tried`` says what came of its scenario, null if it has none; ``cell`` where in the grid it shows, null if nowhere.
    """
    with TemporaryDirectory() as folder:
        outcomes = {
            nth: ", ".join(_outcomes(run, scenarios)) for nth, scenarios in _scenarios(linted, Path(folder))
        }
        return [
            {"tried": outcomes.get(nth), "cell": _cell(stack, linted, finding)}
            for nth, finding in enumerate(linted.findings)
        ]


def _cell(stack: Stack, linted: Linted, finding: Mapping[str, Any]) -> dict[str, str] | None:
    cases = cases_of(linted, finding)
    circumstance = CIRCUMSTANCES[0]
    if linted.lag_s:
        lag = {"effect": {"index_lag_s": linted.lag_s}}
        circumstance = Circumstance(name=f"search lags {linted.lag_s} s", faults=(lag,))

    def grid(case: str) -> Grid | None:
        configured = Configured(
            configuration=cases.get(case, {}),
            mapped=linted.mapped,
            element=linted.element,
            kinds=linted.kinds,
        )
        try:
            resource = resource_of(configured, subject_of(finding))
            return sweep(stack, configured, resource, circumstances=[circumstance])
        # It may be what is found that nothing is polled, or that the instance cannot be made.
        except HarnessError:
            return None

    before, after = grid(AS_IT_IS), grid(CURED)
    key = worst_mended(before, after) if before and after else None
    if not (before and after and key):
        return None
    return {
        "circumstance": circumstance.name,
        "change": key.change,
        "offset": key.label,
        "was": before.cells[key].words,
        "is": after.cells[key].words,
    }


def _scenarios(linted: Linted, folder: Path) -> Iterator[tuple[int, list[Scenario]]]:
    for nth, finding in enumerate(linted.findings):
        path = folder / f"finding-{nth}.yaml"
        try:
            write(OutputFile(path=path), scenario_of(linted, finding))
        except NoScenarioError:
            continue
        yield nth, load(path)


def _outcomes(run: Run, scenarios: list[Scenario]) -> Iterator[str]:
    for scenario in scenarios:
        failure = run(scenario).failure
        if not scenario.name.endswith(CURED):
            yield f"{'passes' if failure is None else 'fails'} as it is"
        elif failure is None:
            yield "passes with the cure"
        else:
            yield f"fails with the cure: {_why(failure)}"


def _why(failure: ScenarioFailure) -> str:
    """Say what is wrong beside the finding: how the first missing callback is explained, or else what differed."""
    return next((line for line in failure.lines if EXPLAINED in line), failure.lines[0])


class NoSuchInstanceError(HarnessError):
    """It is not clear which instance is meant."""


def of_body(clients: WorkspaceClients, body: Mapping[str, Any], *, lag_s: int | None) -> Linted:
    """Return what is found in the body of an instance that is not made."""
    configured = configured_body(body, clients.credentials.crms)
    lag = _lag_of(clients, configured.element) if lag_s is None else lag_s
    found = clients.platform.call_object("POST", f"/_local/lint{query_of({'indexLag': lag})}", json=body)
    return _linted(configured, found, lag)


def configured_body(
    body: Mapping[str, Any], crms: Mapping[str, Mapping[str, Any]] | None = None
) -> Configured:
    """Return the configuration in a body.

    Args:
        crms: the fakes of other vendors, as a workspace's credentials name them.
    """
    configuration = body.get("configuration")
    given = body.get("element")
    element = str(given.get("key")) if isinstance(given, dict) else INSIGHTLY
    return Configured(
        configuration=_readable(configuration if isinstance(configuration, dict) else {}),
        element=element,
        kinds=Kinds(crms or {}, first=element, alone=True),
    )


def of_instance(clients: WorkspaceClients, instance_id: int | None, *, lag_s: int | None) -> Linted:
    """Return what is found in an instance.

    Args:
        instance_id: None for the only one that there is.
        lag_s: how far the CRM's search lags; None for what its faults say.

    Raises:
        NoSuchInstanceError: there are none, or several.
    """
    platform = clients.platform
    number = _only_instance(clients) if instance_id is None else instance_id
    configured = configured_instance(clients, number)
    lag = _lag_of(clients, configured.element) if lag_s is None else lag_s
    query = query_of({"instanceId": number, "indexLag": lag})
    return _linted(configured, platform.call_object("GET", f"/_local/lint{query}"), lag)


def configured_instance(clients: WorkspaceClients, instance_id: int | None) -> Configured:
    """Return the configuration of an instance, with the objects that it maps.

    Args:
        instance_id: None for the only one that there is.

    Raises:
        NoSuchInstanceError: there are none, or several.
    """
    platform = clients.platform
    number = _only_instance(clients) if instance_id is None else instance_id
    instance = platform.call_object("GET", f"{BASE_PATH}/instances/{segment(number)}")
    mapped = {
        name: (
            platform.call_object(
                "GET", f"{BASE_PATH}/instances/{segment(number)}/objects/{segment(name)}/definitions"
            ),
            platform.call_object(
                "GET", f"{BASE_PATH}/instances/{segment(number)}/transformations/{segment(name)}"
            ),
        )
        for name in (each["objectName"] for each in instance.get("transformationData") or [])
    }
    element = instance["element"]["key"]
    return Configured(
        configuration=_readable(instance["configuration"]),
        mapped=mapped,
        element=element,
        kinds=Kinds(clients.credentials.crms, first=element, alone=True),
    )


def _readable(configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    poller = readable(CONFIGURATION, configuration.get(CONFIGURATION))
    return {**configuration, CONFIGURATION: poller} if isinstance(poller, dict) else configuration


def _linted(configured: Configured, found: Mapping[str, Any], lag_s: int) -> Linted:
    return Linted(
        configuration={
            **configured.configuration,
            CONFIGURATION: found["blocks"],
            **_without_lines(configured),
        },
        mapped=configured.mapped,
        element=configured.element,
        kinds=configured.kinds,
        findings=found["findings"],
        more=found["more"],
        lag_s=lag_s,
    )


def _without_lines(configured: Configured) -> Mapping[str, None]:
    """Return what takes lines out of a configuration that has their blocks; names that choose among blocks stay."""
    return {URLS: None} if "/" in str(configured.configuration.get(URLS) or "") else {}


def _only_instance(clients: WorkspaceClients) -> int:
    instances = clients.platform.call("GET", "/_local/pollers")["pollers"]
    if len(instances) != 1:
        named = ", ".join(str(each["instanceId"]) for each in instances)
        raise NoSuchInstanceError(
            f"name one with --instance; there are {named}" if named else "there is no instance to look at"
        )
    number: int = instances[0]["instanceId"]
    return number


def _lag_of(clients: WorkspaceClients, element: str) -> int:
    """Return how far the search of an element's vendor lags, by its scripted faults or as ever."""
    vendor = clients.fakes.get(element, clients.crm)
    if not vendor.url:
        return 0
    kinds = clients.credentials.crms.get(element, {}).get("kinds", {}).values()
    effects = [each["effect"] for each in vendor.call("GET", "/_local/faults")["faults"]]
    lags = (each.get("index_lag_s", 0) + each.get("index_lag_within_s", 0) for each in effects)
    return int(max([0, *lags, *(kind["indexLag"] for kind in kinds)]))


def rules(clients: WorkspaceClients) -> list[dict[str, Any]]:
    """Return all rules, as the platform describes them."""
    every: list[dict[str, Any]] = clients.platform.call("GET", "/_local/lint/rules")["rules"]
    return every
