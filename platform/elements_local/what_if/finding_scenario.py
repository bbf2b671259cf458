"""The scenario of a finding: it fails with the configuration as it is, and passes with the finding's cure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elements_local.errors import HarnessError
from elements_local.platform.configuration.poller_configuration import CONFIGURATION, REFRESH_INTERVAL
from elements_local.records import COLLECTIONS
from elements_local.what_if.configured import (
    Configured,
    fields_asked_for,
    patched,
    polled_kind,
)
from elements_local.what_if.demonstrations import SETTINGS, START, DemonstratedResource, steps_of

CALLBACK_URL = "event.notification.callback.url"

AS_IT_IS, CURED = "as it is", "with the cure"

_ABOUT_KEYS = frozenset(
    {"misspelt-key", "unknown-key", "key-without-effect", "script-not-run", "read-only-path"}
)
"""Rules without a scenario: what would show depends on what the key, or the script, was to bring about."""

_ABOUT_ANOTHER = frozenset({"unpolled-resource", "polled-twice"})
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
        findings: as the platform tells them.
        more: how many beside them it has left out.
        lag_s: seconds by which the provider's search is known to lag behind.
    """

    findings: Sequence[Mapping[str, Any]]
    more: int = 0
    lag_s: int = 0

    @property
    def has_errors(self) -> bool:
        """Whether it loses, repeats or misnames events."""
        return any(finding["severity"] == "error" for finding in self.findings)


def scenario_of(linted: Linted, finding: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scenario of a finding, with a row for the configuration as it is, and one with the cure if one is known.

    All other findings about the same resource, or about any if it is about none, are cured in both, so that it shows nothing but
    this one.

    Raises:
        NoScenarioError: no scenario could show it.
    """
    rule = finding["rule"]
    if rule in _ABOUT_KEYS:
        raise NoScenarioError(f"{rule} has no scenario: what was to come of what has no effect is not known")
    cases = cases_of(linted, finding)
    sought = cases[AS_IT_IS] if rule == _ABOUT_PAGES else [*cases.values()][-1]
    shown = _shown(linted, sought, subject_of(finding))
    mapping_steps = [
        {"request": {"method": "POST", "path": f"/instances/{{instance}}/{where}", "json": dict(body)}}
        for where, body in linted.mapping_requests()
    ]
    return {
        "scenario": f"{rule}{_where(finding)} <case>",
        "about": f"Bites: {finding['why']}. Cure: {finding['cure']['text']}.",
        "tags": ["lint"],
        **({"settings": dict(SETTINGS[rule])} if rule in SETTINGS else {}),
        "matrix": [
            {"case": case, "configuration": _with_what_is_shown(configuration, shown.name, rule)}
            for case, configuration in cases.items()
        ],
        "start": START,
        "instance": {"configuration": "<configuration>"},
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
    """Return what tells a finding from others of its rule, as part of a scenario's name."""
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
        kind = polled_kind(name, block, linted.vendor_names)
        if kind is not None:
            return DemonstratedResource(
                kind=kind,
                name=name,
                interval_m=int(str(cured.get(REFRESH_INTERVAL) or 15)),
                fields=fields_asked_for(block),
                page=min(int(str(block.get("pageSize") or _PAGE)), _LARGEST_PAGE),
            )
    raise NoScenarioError(
        f"{subject or 'what is polled'} has no scenario: records can be made of {', '.join(COLLECTIONS)} alone"
    )


def _with_what_is_shown(configuration: Mapping[str, Any], name: str, rule: str) -> dict[str, Any]:
    """Return a configuration without the blocks of others, unless they are what it is about."""
    blocks = configuration.get(CONFIGURATION)
    if rule in {"polled-twice", "unpolled-resource", "nothing-polled"} or not blocks or name not in blocks:
        return dict(configuration)
    return {**configuration, CONFIGURATION: {name: blocks[name]}}
