"""What happens in the scenario of a finding: steps that pass only where changes are reported, once and by their names."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from elements_local.clients.records import INSIGHTLY, RecordSort, with_value

START = "2026-03-02T11:59:50Z"
"""Shortly before noon, so that hours from one to twelve bite, and not in January, where a day of the year is one of the month."""

Steps = list[dict[str, Any]]


class DemonstratedResource(Struct, frozen=True, kw_only=True):
    """What a scenario of a finding makes changes of.

    Attributes:
        kind, sort: of the records, as scenarios name it and as the vendor has it.
        name: under which it is polled, and its events are called.
        interval_m: minutes between two polls.
        fields: that a record needs so that the configured URL asks for it.
        page: how many records a list has at the most before it goes on.
    """

    kind: str
    sort: RecordSort
    name: str
    interval_m: int
    fields: Mapping[str, object]
    page: int

    def created(self, *names: str) -> dict[str, Any]:
        """Return the step that makes the record, or those of other names."""
        return {"create": {f"{self.kind}/{name}": dict(self.fields) for name in names or ("ada",)}}

    def updated(self) -> dict[str, Any]:
        """Return the step that changes it."""
        if self.sort.element != INSIGHTLY:
            return {"update": {f"{self.kind}/ada": with_value({}, self.sort.called_by, "Ada again")}}
        needed = self.sort.fields_called("Ada")
        name = next((field for field in needed if field not in self.fields), next(iter(needed)))
        return {"update": {f"{self.kind}/ada": {name: f"{needed[name]} again"}}}

    def poll(self, nth: int) -> dict[str, Any]:
        """Return the step that moves time to a poll, that one included."""
        return {"advance": {"to": f"T+{nth * self.interval_m}m"}}

    def reported(self, *changes: str) -> dict[str, Any]:
        """Return the step that expects these events of the record, and no others."""
        return {"expect": {"callbacks": [f"{self.name}/ada {change}" for change in changes]}}


def steps_of(rule: str, shown: DemonstratedResource, *, lag_s: int) -> Steps:
    """Return the steps that show what a rule is about.

    Args:
        lag_s: seconds by which the CRM's search lags behind.
    """
    if rule == "poll-delay-too-short":
        return _lagging(shown, lag_s)
    return _STEPS.get(rule, _changes)(shown)


def _changes(shown: DemonstratedResource) -> Steps:
    """A record is made between two polls, and changed just after one; then nothing happens any more."""
    changes = _made_and_changed(shown, {"advance": "20s"}, {"advance": "5s"})
    return [*changes, shown.poll(3), shown.reported()]


def _made_and_changed(shown: DemonstratedResource, first: dict[str, Any], then: dict[str, Any]) -> Steps:
    return [
        first,
        shown.created(),
        shown.poll(1),
        shown.reported("CREATED"),
        then,
        shown.updated(),
        shown.poll(2),
        shown.reported("UPDATED"),
    ]


def _after_a_page(shown: DemonstratedResource) -> Steps:
    """More records than a page has are made, and are old when the next one is."""
    names = [f"earlier-{nth}" for nth in range(1, shown.page + 2)]
    return [
        {"advance": "20s"},
        shown.created(*names),
        shown.poll(1),
        {"expect": {"callbacks": [f"{shown.name}/{name} CREATED" for name in names]}},
        {"advance": "5s"},
        shown.created(),
        shown.poll(2),
        shown.reported("CREATED"),
    ]


def _in_a_burst(shown: DemonstratedResource) -> Steps:
    """More records are made than the CRM gives in ten pages, a few a second."""
    names = [f"burst-{nth}" for nth in range(1, 10 * shown.page + 2)]
    batches = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
    return [
        *(step for batch in batches for step in ({"advance": "2s"}, shown.created(*batch))),
        shown.poll(2),
        {"expect": {"callbacks": [f"{shown.name}/{name} CREATED" for name in names]}},
    ]


def _lagging(shown: DemonstratedResource, lag_s: int) -> Steps:
    """A record is made within the lag of the search before a poll."""
    early = max(shown.interval_m * 60 - lag_s // 2, 1)
    service = {} if shown.sort.element == INSIGHTLY else {"service": shown.sort.element}
    return [
        {"fault": {**service, "match": {"path": "*"}, "effect": {"index_lag_s": lag_s}}},
        {"advance": {"to": f"T+{early}s"}},
        shown.created(),
        shown.poll(2 + -(-lag_s // (shown.interval_m * 60))),
        shown.reported("CREATED"),
    ]


def _corrected(shown: DemonstratedResource) -> Steps:
    """A record is made just before a poll, and corrected soon after it."""
    just_before = {"advance": {"to": f"T+{shown.interval_m * 60 - 2}s"}}
    return _made_and_changed(shown, just_before, {"advance": "10s"})


def _in_a_polls_second(shown: DemonstratedResource) -> Steps:
    """A record is made in the second of a poll, before it."""
    return [
        {"advance": "20s"},
        shown.created(),
        {"poll": None},
        shown.poll(1),
        shown.reported("CREATED"),
    ]


def _for_a_day(shown: DemonstratedResource) -> Steps:
    """A record is made, and a day passes."""
    return [{"advance": "20s"}, shown.created(), {"advance": "1 day"}, shown.reported("CREATED")]


def _after_midnight(shown: DemonstratedResource) -> Steps:
    """A record is made after a poll of the first hour of a day, which hours from one to twelve call twelve."""
    nth = -(-_TO_MIDNIGHT_M // shown.interval_m)
    return [
        shown.poll(nth),
        {"advance": "20s"},
        shown.created(),
        shown.poll(nth + 1),
        shown.reported("CREATED"),
    ]


_TO_MIDNIGHT_M = 12 * 60 + 1
_BATCH = 8
"""Records that are made in a second: a few less than the CRM takes calls in one."""

SETTINGS: Mapping[str, Mapping[str, object]] = {"page-too-small": {"CRM_LIMITS": "vendor"}}
"""Of the stack on which a rule is shown."""

_STEPS: Mapping[str, Callable[[DemonstratedResource], Steps]] = {
    "tolerance-long": _corrected,
    "page-too-small": _in_a_burst,
    "url-without-date": _after_a_page,
    "where-edge": _in_a_polls_second,
    "placeholder-date": _after_midnight,
    "interval-too-long": _for_a_day,
}
