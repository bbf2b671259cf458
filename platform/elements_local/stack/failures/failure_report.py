"""What a failing test says: why what was changed has not come as a callback, and what happened in its workspace.

Scenarios and tests with fixtures have the reasons and the decisions from the same functions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from elements_local.clients.errors import CallError, HarnessError
from elements_local.clients.records import RESOURCES
from elements_local.clients.workspace_clients import WorkspaceClients
from elements_local.kit.instants import parse_instant
from elements_local.kit.masks import mask_known, mask_target, mask_url
from elements_local.platform.explain.poller_causes import failed
from elements_local.stack.failures.observed import JsonObject, Observed, observe
from elements_local.stack.failures.reasons import Explainer, Unreported
from elements_local.stack.reports.activity_lines import latest
from elements_local.stack.stack import Stack

if TYPE_CHECKING:
    import pytest  # which only a test run has

_MOST_POLLS = 20
_MOST_RECORDS = 20
_MOST_LINES = 14
_A_FEW = 3


class PlainWording(Struct, frozen=True):
    """The CRM's ids, and the time of day on the day of ``today``."""

    today: str

    def record(self, resource: str, record_id: str) -> str:
        """Call a record by its id."""
        return f"{resource} {record_id}" if record_id else f"a record of {resource} without an id"

    def instant(self, at: str) -> str:
        """Leave out the date if it is today's."""
        day, _, clock = at.removesuffix("Z").partition("T")
        return clock if day == self.today else f"{day} {clock}"

    def instance(self, instance_id: int) -> str:
        """Call an instance by its id."""
        return f"instance {instance_id}"


def poll_lines(
    polls: Sequence[JsonObject], *, record: Callable[[str, str], str], instant: Callable[[str], str]
) -> Iterator[str]:
    """Yield what polls decided: a line for each poll and record.

    Polls that saw nothing are only counted.

    Args:
        record, instant: how these are written.
    """
    telling = [poll for poll in polls if poll["seen"] or poll["error"]]
    for poll in telling[-_MOST_POLLS:]:
        yield _poll_line(poll, instant)
        for decision in poll["records"][:_MOST_RECORDS]:
            yield f"  {record(poll['resource'], decision['id'])}: {decision['verdict']}, {decision['why']}"
    if quiet := len(polls) - len(telling):
        begin, end = instant(polls[0]["at"]), instant(polls[-1]["at"])
        span = f"from {begin} to {end}" if begin != end else f"at {end}"
        yield f"{quiet} {'poll' if quiet == 1 else 'polls'} saw nothing, {span}"
    if len(telling) > _MOST_POLLS:
        yield f"{len(telling) - _MOST_POLLS} earlier polls are not shown"


def warning_line(warning: JsonObject, instance: str) -> str:
    """Write a slip in an instance's configuration."""
    where = ", ".join(filter(None, [warning["path"], instance]))
    return f"warning {warning['rule']}: {warning['message']} ({where})"


def text_of(observed: Observed, reasons: Sequence[str], *, verbose: bool) -> str:
    """Say in a few lines what happened, the most telling first; in as many as it takes if that is asked for.

    Args:
        reasons: why changes have not come, which stands first.
    """
    lines = list(_Report(observed, verbose=verbose).lines(reasons))
    if not verbose and len(lines) > _MOST_LINES + 1:
        lines[_MOST_LINES:] = [f"... {len(lines) - _MOST_LINES} more lines: pytest -v"]
    return "\n".join(lines)


class _Report:
    """Writes what happened in a workspace."""

    def __init__(self, observed: Observed, *, verbose: bool) -> None:
        self._observed = observed
        self._verbose = verbose
        self._words = PlainWording(observed.now.partition("T")[0])

    def lines(self, reasons: Sequence[str]) -> Iterator[str]:
        """Yield all of it, the most telling first."""
        observed = self._observed
        yield from self._few([*map(self._unmade, observed.unmade)], "call")
        yield from map(self._refused, filter(None, [observed.refused]))
        if not (observed.pollers or observed.changes or observed.callbacks):
            none = "no instance, no change, no callback" if observed.has_platform else "nothing came to it"
            yield f"nothing happened in workspace {observed.workspace}, {self._clock()}: {none}"
            return
        yield from self._few(reasons, "reason", latest=False)
        yield from self._few([*map(self._warning, observed.warnings)], "warning", latest=False)
        yield from self._few([*map(self._unmet, observed.unmet)], "fault rule")
        yield f"In workspace {observed.workspace}, {self._clock()}:"
        yield from (f"  {line}" for line in self._story())

    def _clock(self) -> str:
        return f"whose {'virtual' if self._observed.is_virtual else 'real'} clock shows {self._observed.now}"

    def _story(self) -> Iterator[str]:
        observed = self._observed
        empty = "there is no instance", "nothing was changed in the CRM", "no callback was sent"
        no_instance, no_change, no_callback = ([line] if observed.has_platform else [] for line in empty)
        yield from self._few([*map(self._poller, observed.pollers)] or no_instance, "instance")
        yield from self._few([*map(self._change, observed.changes)] or no_change, "change")
        yield from self._polls()
        yield from self._few([*self._attempts()] or no_callback, "attempt")
        yield from self._few([*self._others()], "other request")

    def _few(self, lines: Sequence[str], what: str, *, latest: bool = True) -> Iterator[str]:
        """Yield some of many lines, the latest or the first, and say how many there are."""
        omitted = 0 if self._verbose else max(len(lines) - _A_FEW, 0)
        noun = f"{what}s" if omitted > 1 else what
        if omitted and latest:
            yield f"{omitted} earlier {noun}"
        yield from lines[omitted:] if latest else lines[: len(lines) - omitted]
        if omitted and not latest:
            yield f"{omitted} more {noun}"

    def _unmade(self, made: JsonObject) -> str:
        struck = made["struck"]
        return (
            f"no instance was made at {self._words.instant(made['at'])}: {made['method']} {made['target']} was answered "
            f"{made['status']}, as a fault of the {struck['service']} struck {struck['method']} {struck['target']} "
            f"({struck['status']}); let the rule's path leave that out, or make the instance before the fault"
        )

    def _refused(self, call: JsonObject) -> str:
        error = CallError(call["method"], call["url"] + call["target"], call["status"], call["reply"])
        answered = f"{call['method']} {mask_target(call['target'])} was answered {call['status']}"
        return f"the last refused call, at {self._words.instant(call['at'])}: {answered}: {error.message}"

    def _unmet(self, rule: JsonObject) -> str:
        match = rule.get("match", {})
        asked = f"{match.get('method', '*')} {match.get('path', '*')}"
        return f"no call has met the fault rule of the {rule['service']} for {asked}, so it never struck"

    def _warning(self, warning: JsonObject) -> str:
        return warning_line(warning, self._words.instance(warning["instanceId"]))

    def _poller(self, poller: JsonObject) -> str:
        name = f"{self._words.instance(poller['instanceId'])}, made at {self._words.instant(poller['made'])}"
        if poller["silent"]:
            return f"{name}, is not polled: {poller['silent']}"
        polled = ", ".join(each["resource"] for each in poller["resources"])
        return f"{name}: polls {polled}; next at {self._words.instant(poller['nextPoll'])}"

    def _change(self, change: JsonObject) -> str:
        resource = str(RESOURCES.get(change["resource"], change["resource"]))
        record = self._words.record(resource, change["recordId"])
        dated = (
            "" if change["updated"] == change["at"] else f", dated {self._words.instant(change['updated'])}"
        )
        return f"change at {self._words.instant(change['at'])}: {record} {change['change']}{dated}"

    def _polls(self) -> Iterator[str]:
        if self._verbose:
            for poll in self._observed.polls:
                if not poll["seen"] and not poll["error"]:
                    yield _poll_line(poll, self._words.instant)
        yield from poll_lines(self._observed.polls, record=self._words.record, instant=self._words.instant)

    def _attempts(self) -> Iterator[str]:
        attempts = [
            (attempt, ", ".join(map(self._event, delivery["events"][:_A_FEW])) or delivery["topic"])
            for delivery in self._observed.deliveries
            for attempt in delivery["attempts"]
        ]
        for attempt, events in sorted(attempts, key=lambda each: parse_instant(each[0]["at"])):
            answer = attempt["status"] or attempt["outcome"]
            at = self._words.instant(attempt["at"])
            yield f"callback at {at}: {events}: {answer} from {mask_url(attempt['url'])}"

    def _event(self, event: str) -> str:
        name, _, change = event.rpartition(" ")
        resource, _, record_id = name.partition("/")
        return f"{self._words.record(resource, record_id)} {change}"

    def _others(self) -> Iterator[str]:
        for each in self._observed.callbacks:
            if "Elements-Webhook-Id" not in each["headers"]:
                at = self._words.instant(each["received_at"])
                yield f"request at {at} to the sink: {each['method']} {mask_target(each['path'])}: {each['status']}"


def _poll_line(poll: JsonObject, instant: Callable[[str], str]) -> str:
    seen = f"{poll['seen']} seen, {poll['events']} reported"
    outcome = failed(poll["error"]) if poll["error"] else seen
    window = f"{poll['resource']} from {instant(poll['from'])}"
    return f"poll at {instant(poll['at'])} of {window}: {outcome}"


_TITLE = "elements-local"
_MOST = 3


def latest_of(stack: Stack) -> int:
    """Return the number of what has happened last in a stack; 0 where nobody can tell."""
    try:
        return latest(stack.admin()) if stack.addresses.platform else 0
    except HarnessError:
        return 0


def touched(stack: Stack, *, after: int) -> Iterator[WorkspaceClients]:
    """Yield the latest few workspaces in which something has happened since; none where nobody can tell.

    Args:
        after: the number of what had happened last before.
    """
    if not stack.addresses.platform:
        return
    try:
        activities = stack.admin().call("GET", f"/_local/activity?after={after}&limit=10000")["activities"]
        workspaces = {each.name: each for each in stack.workspaces()}
    except HarnessError:
        return
    # Latest first, so that the few that are shown are those that the test used last.
    names = [*dict.fromkeys(activity["workspace"] for activity in reversed(activities))]
    yield from [stack.clients(workspaces[name]) for name in names if name in workspaces][:_MOST][::-1]


def add_section(
    report: "pytest.TestReport",
    clients: WorkspaceClients,
    *,
    verbose: bool,
    fixture: bool,
    outside: Mapping[str, bool],
) -> None:
    """Add what happened in a workspace to a report, or, if that cannot be read, a line that says so.

    It belongs to the failure's own text where that can be added to, so that it is in every form of the report, also in
    one for a CI.

    Args:
        fixture: whether the workspace is that of the test's fixtures.
        outside: hosts outside the stack that the test asked for -> whether that was refused.
    """
    try:
        observed = observe(clients, traffic=True)
        words = PlainWording(observed.now.partition("T")[0])
        explainer = Explainer(
            explain=clients.platform.explain, observed=observed, words=words, fixture=fixture
        )
        text = text_of(observed, explainer.lines(Unreported(observed).all()), verbose=verbose)
    except Exception as error:  # noqa: BLE001 - the test's own failure has to be shown in any case
        said = f": {str(error)[:200]}" if isinstance(error, HarnessError) else ""
        text = f"what happened cannot be said: {type(error).__name__}{said}"
    if outside:
        hosts = (f"{host} (refused)" if refused else host for host, refused in outside.items())
        text = f"hosts outside the stack that were asked for: {', '.join(hosts)}\n{text}"
    text = mask_known(text, clients.credentials.secrets)
    # A failed assertion has a text that can be added to; a text alone, as of a fixture, cannot.
    add = getattr(report.longrepr, "addsection", None)
    if add is None:
        report.sections.append((_TITLE, text))
    else:
        add(_TITLE, text)
