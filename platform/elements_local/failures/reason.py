"""Why changes have not come: the platform's explanation of each, in the reader's own words for records and instants."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from msgspec import Struct

from elements_local.errors import HarnessError
from elements_local.failures.observed import JsonObject, Observed
from elements_local.failures.unreported import UnreportedChange

EXPLAINED = "; explained: "
"""What stands before the platform's explanation."""

_MOST_NAMED = 3
_MOST_CURED = 2
_MOST_EXPLAINED = 50
# An instant within a URL stays as it was asked for.
_INSTANT = re.compile(r"(?<![='\"\w])\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


class Wording(Protocol):
    """How records, instants and instances are called."""

    def record(self, resource: str, record_id: str) -> str:
        """Call a record of a resource, or of a collection of the CRM's that nothing polls."""

    def instant(self, at: str) -> str:
        """Write an instant that a service told."""

    def instance(self, instance_id: int) -> str:
        """Call an instance."""


class Explainer(Struct, frozen=True, kw_only=True):
    """Asks the platform why changes have not come, and writes its answers.

    Attributes:
        explain: asks the platform, as ``PlatformClient.explain`` does.
        cures: whether changes that would have helped are tried.
        fixture: whether a test could ask by a fixture; a URL would lead nowhere, as the workspace ends with the test.
    """

    explain: Callable[..., JsonObject]
    observed: Observed
    words: Wording
    cures: bool = True
    fixture: bool = False

    def lines(self, unreported: Iterable[UnreportedChange]) -> list[str]:
        """Return a line for each reason, with all records that have it."""
        alike: dict[tuple[str, str], list[UnreportedChange]] = defaultdict(list)
        fixes: dict[tuple[str, str], str] = {}
        asked = 0
        for one in unreported:
            if one.instance_id is None:
                why, fix = self._unpolled(one.resource), ""
            elif asked < _MOST_EXPLAINED:
                why, fix = self._explained(one, cures=self.cures and asked < _MOST_CURED)
                asked += 1
            else:
                why, fix = f"; the first {_MOST_EXPLAINED} alone are explained", ""
            reason = self._did(one), why
            alike[reason].append(one)
            fixes.setdefault(reason, fix)
        return [
            f"{self._together(changes)} {did}{why}{fixes[did, why]}" for (did, why), changes in alike.items()
        ]

    def _explained(self, one: UnreportedChange, *, cures: bool) -> tuple[str, str]:
        """Return why a change has not come, and what of the answer goes for this record alone."""
        try:
            said = self.explain(
                instance_id=one.instance_id, resource=one.resource, record_id=one.record_id, cures=cures
            )
        except HarnessError as error:
            return f"; the platform does not explain it: {str(error)[:200]}", ""
        cause = f"{said['cause']}, " if said["cause"] else ""
        fix = f"; fix: {said['fix']['text']}, {said['fix']['tried'] or 'not tried'}" if said["fix"] else ""
        asks = f' (elements_explain("{one.resource}", {one.record_id}) has all of it)' if self.fixture else ""
        return self._with_instants(f"{EXPLAINED}{cause}{said['why']}"), self._with_instants(fix) + asks

    def _with_instants(self, text: str) -> str:
        return _INSTANT.sub(lambda found: self.words.instant(found[0]), text)

    def _unpolled(self, resource: str) -> str:
        """Say why no instance can be asked."""
        pollers = self.observed.pollers
        if not pollers:
            return "; there is no instance in this workspace, so nothing is polled"
        if len(pollers) > 1:
            return f"; no instance polls {resource}"
        polled = ", ".join(each["resource"] for each in pollers[0]["resources"]) or "nothing"
        name = self.words.instance(pollers[0]["instanceId"])
        return f"; no instance polls {resource}: {name} polls {polled}; add it to event.poller.configuration"

    def _did(self, one: UnreportedChange) -> str:
        if one.change is None:
            return "not changed lately"
        return f"{one.change['change'].lower()} at {self.words.instant(one.change['at'])}"

    def _together(self, changes: Sequence[UnreportedChange]) -> str:
        """Name a few records, and say whether one or many ``was``."""
        named = ", ".join(self.words.record(one.resource, one.record_id) for one in changes[:_MOST_NAMED])
        more = f" and {len(changes) - _MOST_NAMED} more" if len(changes) > _MOST_NAMED else ""
        return f"{named}{more} {'was' if len(changes) == 1 else 'were'}"
