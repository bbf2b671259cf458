"""A sweep: a record made at every second around three polls, in each circumstance, and what the audit says came of each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from elements_local.clients.guide import instance_body, patched
from elements_local.clients.records import INSIGHTLY, merged, title_of, value_at, with_value
from elements_local.clients.service_client import segment
from elements_local.clients.workspace_clients import BASE_PATH, WorkspaceClients
from elements_local.diagnosis.circumstances import (
    AFTER_CLOCKS_CHANGE,
    BETWEEN,
    CHANGES,
    CIRCUMSTANCES,
    COLUMNS,
    OF_MINUTES,
    OFFSETS,
    POLLS,
    START,
    Circumstance,
    Offset,
)
from elements_local.diagnosis.configured import (
    Configured,
    NotPolledError,
    ProbedResource,
)
from elements_local.diagnosis.grid import CellKey, Grid, GridCell, cell_of
from elements_local.kit.fakes.effects import RecordEffect
from elements_local.kit.instants import format_instant, parse_instant
from elements_local.kit.seeded import number as number_of
from elements_local.platform.configuration.poller_configuration import CONFIGURATION, REFRESH_INTERVAL
from elements_local.scenarios.verbs.audits import AUDITED
from elements_local.stack.stack import Stack

ENVIRONMENT = {"ELEMENTS_LOCAL_KEEP_TIES": "true"}
"""Of the stack that it needs: a change may fall into the second of a poll."""


def sweep(
    stack: Stack,
    configured: Configured,
    resource: ProbedResource,
    *,
    circumstances: Sequence[Circumstance] = CIRCUMSTANCES,
    seed: int = 0,
) -> Grid:
    """Return what comes of each change at each second in each circumstance that the resource's vendor can be in.

    Args:
        stack: with the environment's settings.

    Raises:
        NotPolledError: nothing is polled.
        CallError: the platform refuses the configuration.
    """
    cells: dict[CellKey, GridCell] = {}
    if resource.sort.element != INSIGHTLY:
        circumstances = [each for each in circumstances if each.effects <= {*RecordEffect.__struct_fields__}]
    for number, circumstance in enumerate(circumstances):
        clients = stack.new_workspace(start=_start(circumstance, configured, resource), seed=seed)
        try:
            probes = Probes(
                clients=clients,
                instance_id=_make_instance(clients, resource.alone_in(configured)),
                resource=resource,
                circumstance=(number, circumstance),
                seed=seed,
            )
            probes.run()
            cells |= probes.cells()
        finally:
            stack.delete_workspace(clients.credentials.name)
    return Grid(resource=resource.name, kind=resource.kind, circumstances=tuple(circumstances), cells=cells)


def _start(circumstance: Circumstance, configured: Configured, resource: ProbedResource) -> str:
    """Return when a workspace has to start, so that the second of the polls that are probed comes when it has to."""
    if circumstance.clocks is None:
        return START
    second = resource.clocks_change(circumstance.clocks) + AFTER_CLOCKS_CHANGE
    # Before it are the first one, the one that sees what was prepared, and those that see it again.
    polls = 3 + resource.look_back // _interval(configured)
    return format_instant(second - polls * _interval(configured))


def _interval(configured: Configured) -> timedelta:
    return timedelta(minutes=int(str(configured.configuration.get(REFRESH_INTERVAL) or 15)))


def _make_instance(clients: WorkspaceClients, configured: Configured) -> int:
    body: dict[str, Any] = instance_body(clients.credentials, element=configured.element)
    body["configuration"] |= configured.taken_over
    number: int = clients.platform.create_instance(body)["id"]
    for where, mapping in configured.mapping_requests():
        clients.platform.call("POST", f"{BASE_PATH}/instances/{segment(number)}/{where}", json=mapping)
    return number


def is_created_again(verdict: str, change: str) -> bool:
    """Say whether an audit's verdict on a change is that it was reported as CREATED, of a record that its receiver knew."""
    return verdict == "misclassified" and change == "UPDATED"


AS_IT_IS = Circumstance(name="as it is")

_SECOND = timedelta(seconds=1)
_BEFORE_S = -7
"""Until when the record of the last minute is made, from the poll."""

_OF_OLD_RECORDS = ("update", "delete")
"""Changes of records that are there before."""

_SETTLING_POLLS = 2
"""After the last of the three, in which what is late or repeated shows."""

_MOST_MINUTES = 30
"""Between two polls, in which a record is made; of a longer interval every second minute, and so on."""


@dataclass(kw_only=True)
class Probes:
    """Records that are made and changed in a workspace whose instance polls.

    Attributes:
        circumstance: its place in the grid, and what it is.
        changes: what is done to a record at each second.
        records: the record of each cell.
        old: records that were there before, to be changed in minutes.
        begins: from when on the audit is asked.
        made: records that are changed once the second in which they were made is over.
    """

    clients: WorkspaceClients
    instance_id: int
    resource: ProbedResource
    circumstance: tuple[int, Circumstance] = (0, AS_IT_IS)
    changes: Sequence[str] = CHANGES
    seed: int = 0
    records: dict[CellKey, int | str] = field(default_factory=dict)
    old: list[int | str] = field(default_factory=list)
    victims: list[int | str] = field(default_factory=list)
    made: list[int | str] = field(default_factory=list)
    begins: datetime | None = None

    def run(self) -> None:
        """Make all changes around the next polls, and let two more polls follow.

        Raises:
            NotPolledError: nothing is polled.
        """
        _, circumstance = self.circumstance
        self._prepare()
        # Until then what was prepared may be reported again; a change in the second of a poll would be a tie.
        self.clients.clock.advance(to=self.next_poll() + self.resource.look_back + _SECOND)
        self.begins = self.clients.clock.now()
        self._small_pages(circumstance.page_size)
        for victim in self.victims:
            self._update(victim)
        if circumstance.faults:
            vendor = self.clients.fakes.get(self.resource.sort.element, self.clients.crm)
            vendor.script_faults([*circumstance.faults])
        for poll in range(POLLS):
            self._around(poll, self.next_poll())
        for _ in range(_SETTLING_POLLS):
            self.clients.clock.advance(to=self.next_poll())

    def cells(self) -> dict[CellKey, GridCell]:
        """Return what the audit says of each record."""
        found = defaultdict[str, list[tuple[str, str]]](list)
        again = {
            entry["recordId"]
            for verdict, entry in self._audited
            if is_created_again(verdict, entry["change"])
        }
        for verdict, entry in self._audited:
            found[entry["recordId"]].append((verdict, entry["why"]))
        return {
            key: replace(cell_of(found[str(record)]), created_again=str(record) in again)
            for key, record in self.records.items()
        }

    def causes(self) -> dict[CellKey, set[str]]:
        """Return why records were lost or misclassified, as far as is known."""
        of_record = defaultdict[str, set[str]](set)
        for verdict, entry in self._audited:
            if verdict in {"lost", "misclassified"} and entry["cause"]:
                of_record[entry["recordId"]].add(entry["cause"])
        return {key: of_record[str(record)] for key, record in self.records.items()}

    @cached_property
    def _audited(self) -> list[tuple[str, dict[str, Any]]]:
        """What an audit at the end found since the changes began."""
        audit = self.clients.platform.audit(self.instance_id)
        return [
            (verdict, entry)
            for verdict in AUDITED
            for entry in audit[verdict]
            if self.begins and self.begins <= parse_instant(entry["at"])
        ]

    def next_poll(self) -> datetime:
        """Return when the instance polls next.

        Raises:
            NotPolledError: it does not.
        """
        pollers = self.clients.platform.call("GET", "/_local/pollers")["pollers"]
        (poller,) = (each for each in pollers if each["instanceId"] == self.instance_id)
        if poller["nextPoll"] is None:
            raise NotPolledError(f"nothing is polled: {poller['silent']}")
        return parse_instant(poller["nextPoll"])

    def _prepare(self) -> None:
        number, circumstance = self.circumstance
        # First, as those of the lowest ids stand at the start of a list.
        self.victims = [self._create(f"victim-{nth}") for nth in range(circumstance.victims)]
        for poll in range(POLLS):
            for change in self.changes:
                for column in range(len(OFFSETS) if change in _OF_OLD_RECORDS else 0):
                    key = CellKey(number, change, poll, column)
                    self.records[key] = self._create(f"{change}-{poll}-{column}")
        old = POLLS * _MOST_MINUTES // len(OF_MINUTES) + POLLS
        self.old = [self._create(f"old-{nth}") for nth in range(old)]

    def _around(self, poll: int, at: datetime) -> None:
        """Make the changes of the minutes before a poll, and of every second around it."""
        number, _ = self.circumstance
        for key, when in self._minutes(poll, at):
            self.clients.clock.advance(to=when)
            self._change(key)
            self.clients.clock.advance("1s")
            self._change_what_was_made()
        for column, offset in enumerate(OFFSETS):
            self._go_to(at, offset)
            for change in self.changes:
                self._change(CellKey(number, change, poll, column))
        self.clients.clock.advance("1s")
        self._change_what_was_made()

    def _minutes(self, poll: int, at: datetime) -> Iterator[tuple[CellKey, datetime]]:
        """Yield the records of the minutes before a poll, and at which second each is made."""
        now = self.clients.clock.now()
        minutes = (at - now) // timedelta(minutes=1)
        for minute in range(minutes, 0, -max(1, -(-minutes // _MOST_MINUTES))):
            # The last seconds before the poll have columns of their own.
            second = number_of(self.seed, poll, minute, low=0, high=59 + _BEFORE_S if minute == 1 else 59)
            when = at - timedelta(minutes=minute) + second * _SECOND
            change = OF_MINUTES[(poll + minute) % len(OF_MINUTES)]
            if when > now:
                yield CellKey(self.circumstance[0], change, poll, COLUMNS.index(BETWEEN), minute), when

    def _small_pages(self, page_size: int | None) -> None:
        if page_size is not None:
            size = min(page_size, int(self.resource.block.get("pageSize") or page_size))
            block = patched(self.resource.block, {"pageSize": size})
            change = {"configuration": {CONFIGURATION: {self.resource.name: block}}}
            self.clients.platform.patch_instance(self.instance_id, change)

    def _go_to(self, poll: datetime, offset: Offset) -> None:
        """Move time to a change; into a poll's second without polling, unless the change is after the poll."""
        at = poll + offset.seconds * _SECOND
        if offset.seconds or offset.after_the_poll:
            self.clients.clock.advance(to=at)
        else:
            # Set, not advanced: an advance would run the poll that is due at this very second.
            self.clients.clock.set(now=at)
        if not (offset.seconds == 0 and offset.after_the_poll):
            self._change_what_was_made()

    def _change(self, key: CellKey) -> None:
        if key.change == "delete":
            self.clients.crm.delete(self.resource.sort.address, self.records[key])
        elif key.change == "update":
            if key not in self.records:
                self.records[key] = self.old.pop()
            self._update(self.records[key])
        else:
            self.records[key] = self._create(f"{key.change}-{key.poll}-{key.column}-{key.minute}")
            if key.change == "both":
                self.made.append(self.records[key])

    def _change_what_was_made(self) -> None:
        while self.made:
            self._update(self.made.pop())

    def _create(self, word: str) -> int | str:
        sort = self.resource.sort
        fields = merged(sort.fields_called(title_of(word)), self.resource.fields)
        number: int | str = self.clients.crm.create(sort.address, fields)[sort.id]
        return number

    def _update(self, record_id: int | str) -> None:
        sort, needed = self.resource.sort, self.resource.fields
        own = sort.fields_called("x") if sort.element == INSIGHTLY else [sort.called_by]
        free = [each for each in own if value_at(needed, each) is None]
        # Where the URL asks for every field, one is written again as it is, which is a change as well.
        # a field may take each value once
        fields = with_value({}, free[0], f"Changed {record_id}") if free else needed
        self.clients.crm.update(sort.address, record_id, fields)
