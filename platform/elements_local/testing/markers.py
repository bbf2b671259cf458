"""What a test's markers say of its workspace: where it starts, and what goes wrong in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from elements_local.clients.errors import CallError, HarnessError
from elements_local.clients.workspace_clients import Fields, ServiceClient, WorkspaceClients
from elements_local.kit.clock import NaiveInstantError
from elements_local.kit.instants import UnreadableTimeError, for_clock, format_instant, parse_zoned_instant
from elements_local.kit.traffic.fault_rules import FaultRule
from elements_local.stack.shape_errors import place_and_reason, shown, unknown
from elements_local.stack.stack import Stack
from mock_insightly.faults import CrmRule

if TYPE_CHECKING:
    import pytest

CHOICES = "elements"
FAULTS = "elements_faults"
_SHAPES: Mapping[str, type[FaultRule]] = {"crm": CrmRule, "platform": FaultRule, "sink": FaultRule}


class MarkerError(HarnessError):
    """A marker cannot be used; says on which test, what came and what was expected."""

    def __init__(self, test: str, marker: str, reason: str) -> None:
        super().__init__(f"{test}: @pytest.mark.{marker}: {reason}")


class WorkspaceChoices(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What may be chosen about a test's workspace.

    Attributes:
        start: its first instant, as ISO 8601 with a zone; an aware datetime will do.
        records: how many made-up records of each kind its CRM starts with.
    """

    start: str | None = None
    seed: Annotated[int, msgspec.Meta(ge=0, lt=2**53)] | None = None
    records: Annotated[int, msgspec.Meta(ge=0)] = 0
    clock: Literal["virtual", "real"] = "virtual"


@contextmanager
def workspace_of(test: "pytest.Item", stack: Stack) -> Iterator[WorkspaceClients]:
    """Make a workspace as a test's markers say, and delete it in the end.

    Raises:
        MarkerError: one of them cannot be used.
    """
    clients = stack.new_workspace(**choices(test))
    try:
        script_faults(test, clients)
        yield clients
    finally:
        stack.delete_workspace(clients.credentials.name)


def choices(test: "pytest.Item") -> dict[str, Any]:
    """Return what a test's markers choose of its workspace, as ``Stack.new_workspace`` takes it.

    Raises:
        MarkerError: one of them cannot be read.
    """
    chosen: dict[str, object] = {}
    for mark in reversed(list(test.iter_markers(CHOICES))):
        chosen |= _choices(test, mark)
    return chosen


def script_faults(test: "pytest.Item", clients: WorkspaceClients) -> None:
    """Put the fault rules of a test's nearest markers in force in its workspace.

    Raises:
        MarkerError: one of them is no rule of its service.
    """
    rules = [_rule(test, rule) for rule in _nearest(test)]
    for service in {str(rule["service"]) for rule in rules}:
        own = [rule for rule in rules if rule["service"] == service]
        client: ServiceClient = getattr(clients, service)
        whose = f"?workspace={clients.credentials.name}" if service == "sink" else ""
        try:
            client.call("PUT", f"/_local/faults{whose}", json={"faults": own})
        except CallError as error:
            reason = f"the {service} refuses a rule: {error.message}"
            raise MarkerError(test.nodeid, FAULTS, reason) from error


def _choices(test: "pytest.Item", mark: "pytest.Mark") -> dict[str, object]:
    if mark.args:
        keywords = ", ".join(WorkspaceChoices.__struct_fields__)
        raise MarkerError(test.nodeid, CHOICES, f"expected keywords ({keywords}); got {shown(mark.args)}")
    try:
        chosen = {**mark.kwargs, **_start(mark.kwargs.get("start"))}
    except (UnreadableTimeError, NaiveInstantError) as error:
        raise MarkerError(test.nodeid, CHOICES, f"start: {error}") from error
    try:
        msgspec.convert(chosen, WorkspaceChoices)
    except msgspec.ValidationError as error:
        path, reason = place_and_reason(chosen, WorkspaceChoices)
        raise MarkerError(test.nodeid, CHOICES, f"{'.'.join(map(str, path))}: {reason}") from error
    return chosen


def _start(start: object) -> dict[str, str]:
    """Write an instant as it goes over the wire; what is no instant is left to the shape."""
    if isinstance(start, datetime):
        return {"start": format_instant(for_clock(start))}
    return {"start": format_instant(for_clock(parse_zoned_instant(start)))} if isinstance(start, str) else {}


def _nearest(test: "pytest.Item") -> Iterator[object]:
    """Yield the rules of those markers that stand nearest, in the order in which they are written."""
    marks = list(test.iter_markers_with_node(FAULTS))
    for node, mark in reversed(marks):
        if node is marks[0][0]:
            yield from mark.args
            if mark.kwargs:
                raise MarkerError(test.nodeid, FAULTS, f"expected rules, each a mapping; got {mark.kwargs!r}")


def _rule(test: "pytest.Item", rule: object) -> Fields:
    """Return a rule with its service, the CRM unless it says otherwise."""
    if not isinstance(rule, Mapping):
        expected = '{"match": {"path": "/v2.2/Contacts*"}, "effect": {"status": 503}}'
        raise MarkerError(test.nodeid, FAULTS, f"expected rules such as {expected}; got {shown(rule)}")
    service = rule.get("service", "crm")
    if service not in _SHAPES:
        raise MarkerError(test.nodeid, FAULTS, unknown("service", str(service), _SHAPES))
    try:
        msgspec.convert(rule, _SHAPES[service])
    except msgspec.ValidationError as error:
        path, reason = place_and_reason(rule, _SHAPES[service])
        at = ".".join(map(str, path)) or "a rule"
        raise MarkerError(test.nodeid, FAULTS, f"{at}: {reason}; got {shown(rule)}") from error
    return {**rule, "service": service}
