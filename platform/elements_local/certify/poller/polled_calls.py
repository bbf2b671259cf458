"""What a poller has called, as the fake's journal has it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from elements_local.certify.poller.judgement import CertifiedRun
from elements_local.certify.poller.reported import RecordPaths
from elements_local.clients.records import INSIGHTLY, RecordSort
from elements_local.clients.workspace_clients import RecordsClient
from elements_local.kit.http_message import AGENT
from elements_local.kit.instants import EARLIEST, parse_instant
from elements_local.kit.traffic.fault_rules import fits
from elements_local.kit.values import replace

_CALLS_READ = 500


def lists_of(sort: RecordSort) -> Sequence[str]:
    """Return the paths of lists, as fault rules have them."""
    named = f"*/{sort.collection}"
    return [named, f"{named}/Search"] if sort.element == INSIGHTLY else sort.lists or ["*"]


class PolledCalls:
    """The latest calls of a fake, as they are when they are first asked for.

    Args:
        shown: makes of a call's words what a scorecard may have.
    """

    def __init__(self, records: RecordsClient, sort: RecordSort, shown: Callable[[str], str]) -> None:
        self._records, self._sort, self._shown = records, sort, shown

    @cached_property
    def _journal(self) -> Mapping[str, Any]:
        journal = self._records.call("GET", f"/_local/journal?limit={_CALLS_READ}")
        return {**journal, "exchanges": journal["exchanges"][::-1]}

    def of_run(self, at: datetime) -> list[Mapping[str, Any]]:
        """Return the calls of the poller's run at an instant, oldest first."""
        own = AGENT["User-Agent"]  # certify's
        return [
            each
            for each in self._journal["exchanges"]
            if parse_instant(each["at"]) == at and each["request"]["headers"].get("User-Agent") != own
        ]

    def ignored_condition(self) -> str:
        """Say which list was asked for what was changed, and takes no such condition; empty if none was."""
        taken, name = f"/{self._sort.collection}/Search".lower(), self._sort.filtered_by
        for each in self._journal["exchanges"] if self._sort.element == INSIGHTLY else ():
            path, _, query = each["target"].partition("?")
            if f"{path}/Search".lower().endswith(taken) and name in dict(parse_qsl(query)):
                return f"{path} ignores {name}: {path}/Search takes it"
        return ""

    def added_to(self, runs: Sequence[CertifiedRun], paths: RecordPaths) -> Iterator[CertifiedRun]:
        """Yield runs with their calls, and what they were answered."""
        journal = self._journal
        all_read = journal["count"] == journal["total"] and not journal["pruned"]
        since = EARLIEST if all_read else parse_instant(journal["exchanges"][0]["at"])
        for run in runs:
            calls, lists, known, idle = list[str](), list[str](), set[object](), 0
            for each in self.of_run(run.at):
                calls.append(self._call(each))
                body = each["reply"]["body"]
                # of a long answer the journal has the start
                shown: set[object] = {*paths.shown(body)} or {body}
                if self._is_list(each["target"]):
                    lists.append(calls[-1])
                    idle += shown <= known
                known |= shown
            found = frozenset(each for each in known if isinstance(each, tuple))
            yield replace(run, calls=calls, lists=lists, shown=found, idle=idle, kept=run.at > since)

    def _is_list(self, target: str) -> bool:
        path = target.partition("?")[0].lower()
        return any(fits(path, pattern.lower()) for pattern in lists_of(self._sort))

    def _call(self, exchange: Mapping[str, Any]) -> str:
        """Return a call with its body, which has the conditions of a search, and its status."""
        words = f"{exchange['method']} {exchange['target']}", exchange["request"]["body"]
        return f"{' '.join(self._shown(each) for each in words if each)} -> {exchange['status']}"
