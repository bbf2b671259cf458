"""Runs a sweep: all cells on one instance in one workspace, one circumstance after the other.

Each circumstance has a poll of its own, around which all its changes are made, each of another record, and two more in
which what is late or repeated shows. Records that are changed or deleted are made before the first of them.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from elements_local.clients import BASE_PATH, WorkspaceClients
from elements_local.errors import HarnessError
from elements_local.guide import instance_body, poller_entry
from elements_local.linting.configured import (
    OBJECTS,
    POLLER,
    URLS,
    Configured,
    fields_asked_for,
    patched,
    polled_kind,
)
from elements_local.scenarios.records import COLLECTIONS, ID_FIELDS, default_fields
from elements_local.scenarios.verbs import AUDITED
from elements_local.sweeping.circumstances import (
    CIRCUMSTANCES,
    OFFSETS,
    VICTIMS,
    Circumstance,
    Offset,
)
from elements_local.sweeping.matrix import CellKey, SweepCell, SweepMatrix, cell_of
from mock_kit.workspaces.instants import parse_instant

ENVIRONMENT = {"ELEMENTS_LOCAL_KEEP_TIES": "true"}
"""Of the stack that it needs: a change may fall into the second of a poll."""

_SECOND = timedelta(seconds=1)
_BEFORE = -8 * _SECOND
"""When a circumstance begins, from its poll."""

_POLLS = 3
"""Of a circumstance: the one that changes are swept over, and those that follow."""


class NoSweepError(HarnessError):
    """A configuration cannot be swept."""


@dataclass(frozen=True, kw_only=True)
class SweptResource:
    """What is swept: a block of the configuration.

    Attributes:
        name: of the block.
        kind: of its records, as scenarios name it.
        block: the guide's, if its own is empty.
    """

    name: str
    kind: str
    block: Mapping[str, Any]

    def alone_in(self, configured: Configured) -> Configured:
        """Return a configuration in which nothing but this block is polled."""
        alone = {POLLER: {self.name: dict(self.block)}, URLS: None, OBJECTS: None}
        return replace(configured, configuration={**configured.configuration, **alone})


def resource_of(configured: Configured, name: str | None) -> SweptResource:
    """Return the resource that is meant.

    Args:
        name: None for the first whose records can be made.

    Raises:
        NoSweepError: there is none; says which there are.
    """
    blocks = _polled_blocks(configured.configuration)
    for each, block in blocks.items():
        kind = polled_kind(each, block, configured.vendor_names)
        if kind and name in {None, each}:
            return SweptResource(name=each, kind=kind, block=block or poller_entry(kind, ID_FIELDS[kind]))
    meant = "no resource" if name is None else repr(name)
    raise NoSweepError(
        f"{meant} can be swept: a block of {POLLER} whose URL lists {', '.join(COLLECTIONS)} can; "
        f"there are {', '.join(blocks) or 'none'}"
    )


def _polled_blocks(configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the blocks that are polled: all, or those that are chosen by their names.

    Raises:
        NoSweepError: lines stand in their place.
    """
    blocks: Mapping[str, Any] = configuration.get(POLLER) or {}
    urls, objects = (str(configuration.get(key) or "") for key in (URLS, OBJECTS))
    if "/" in urls:
        raise NoSweepError(f"the lines of {URLS} cannot be swept; write a block of {POLLER} for each")
    names = [name.strip() for name in re.split(r"[|\n]", urls) if name.strip()] or [
        name.strip() for name in objects.split(",") if name.strip()
    ]
    return {name: blocks.get(name) or {} for name in names} if names else blocks


def sweep(clients: WorkspaceClients, configured: Configured, resource: SweptResource) -> SweepMatrix:
    """Return what becomes of each change at each second in each circumstance.

    Args:
        clients: of a fresh workspace on a stack with the environment's settings.

    Raises:
        NoSweepError: nothing is polled.
        CallError: the platform refuses the configuration.
    """
    return _Sweep(clients, configured, resource).run()


@dataclass
class _Sweep:
    """A sweep that is under way.

    Attributes:
        records: the record of each cell.
        begins: when each circumstance began.
        made: records that are changed once the second in which they were made is over.
    """

    clients: WorkspaceClients
    configured: Configured
    resource: SweptResource
    instance_id: int = 0
    records: dict[tuple[int, str, int], int] = field(default_factory=dict)
    begins: dict[int, datetime] = field(default_factory=dict)
    made: list[int] = field(default_factory=list)

    def run(self) -> SweepMatrix:
        self.instance_id = self._instance()
        victims = [self._create(f"victim-{nth}") for nth in range(VICTIMS)]
        places = range(len(CIRCUMSTANCES)), ("update", "delete"), range(len(OFFSETS))
        for number, change, place in product(*places):
            self.records[number, change, place] = self._create(f"{change}-{number}-{place}")
        self.clients.clock.advance(to=self._next_poll() + self._look_back())
        for number, circumstance in enumerate(CIRCUMSTANCES):
            self._circumstance(number, circumstance, victims)
        return SweepMatrix(resource=self.resource.name, kind=self.resource.kind, cells=self._cells())

    def _instance(self) -> int:
        credentials = self.clients.credentials
        body = instance_body(credentials)
        body["configuration"] |= self.resource.alone_in(self.configured).taken_over
        number: int = self.clients.platform.create_instance(body)["id"]
        for where, mapping in self.configured.mapping_requests():
            self.clients.platform.call("POST", f"{BASE_PATH}/instances/{number}/{where}", json=mapping)
        return number

    def _next_poll(self) -> datetime:
        pollers = self.clients.platform.call("GET", "/_local/pollers")["pollers"]
        (poller,) = (each for each in pollers if each["instanceId"] == self.instance_id)
        if poller["nextPoll"] is None:
            raise NoSweepError(f"nothing is polled: {poller['silent']}")
        return parse_instant(poller["nextPoll"])

    def _look_back(self) -> timedelta:
        """Return by how much a poll looks back: until then what was made before the sweep may be reported again."""
        delay = str(self.resource.block.get("pollDelay") or 0)
        return timedelta(seconds=min(int(delay), 86400))

    def _circumstance(self, number: int, circumstance: Circumstance, victims: list[int]) -> None:
        """Make all changes of a circumstance around the next poll, and let two more follow."""
        poll = self._next_poll()
        self.begins[number] = poll + _BEFORE
        self.clients.clock.advance(to=poll + _BEFORE)
        self._small_pages(circumstance)
        for victim in victims[: circumstance.victims]:
            self._update(victim)
        if circumstance.faults:
            self.clients.crm.script_faults([*circumstance.faults])
        for place, offset in enumerate(OFFSETS):
            self._go_to(poll, offset)
            self._change(number, place)
        self.clients.clock.advance("1s")
        self._change_what_was_made()
        for _ in range(_POLLS - 1):
            self.clients.clock.advance(to=self._next_poll())
        if circumstance.faults:
            self.clients.crm.script_faults([])
        self._small_pages(circumstance, over=True)

    def _small_pages(self, circumstance: Circumstance, *, over: bool = False) -> None:
        if circumstance.page_size is None:
            return
        own = self.resource.block.get("pageSize")
        size = own if over else min(circumstance.page_size, int(own or circumstance.page_size))
        block = patched(self.resource.block, {"pageSize": size})
        change = {"configuration": {POLLER: {self.resource.name: block}}}
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

    def _change(self, number: int, place: int) -> None:
        """Make the changes of one second."""
        self._update(self.records[number, "update", place])
        self.clients.crm.delete(COLLECTIONS[self.resource.kind], self.records[number, "delete", place])
        for change in ("create", "both"):
            self.records[number, change, place] = self._create(f"{change}-{number}-{place}")
        self.made.append(self.records[number, "both", place])

    def _change_what_was_made(self) -> None:
        while self.made:
            self._update(self.made.pop())

    def _create(self, word: str) -> int:
        kind = self.resource.kind
        fields = {**default_fields(f"{kind}/{word}"), **fields_asked_for(self.resource.block)}
        number: int = self.clients.crm.create(COLLECTIONS[kind], fields)[ID_FIELDS[kind]]
        return number

    def _update(self, record_id: int) -> None:
        kind = self.resource.kind
        needed = fields_asked_for(self.resource.block)
        (name, *_) = (each for each in default_fields(f"{kind}/x") if each not in needed)
        self.clients.crm.update(COLLECTIONS[kind], record_id, {name: "Changed"})

    def _cells(self) -> dict[CellKey, SweepCell]:
        """Return what the audit says of each record since its circumstance began."""
        audit = self.clients.platform.audit(self.instance_id)
        found = defaultdict[str, list[tuple[str, datetime, str]]](list)
        for verdict in AUDITED:
            for entry in audit[verdict]:
                found[entry["recordId"]].append((verdict, parse_instant(entry["at"]), entry["why"]))
        return {
            key: cell_of(
                [(verdict, why) for verdict, at, why in found[str(record)] if at >= self.begins[key[0]]]
            )
            for key, record in self.records.items()
        }
